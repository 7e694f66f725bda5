"""Every URL of the product."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", include("tutoring.review.urls")),
    path("admin/", include("readerai.staff.urls")),
    path("admin/", include("readerai.simulated_day.urls")),
    path("admin/", admin.site.urls),
    path("", include("sessions.urls")),
    path("", include("tutoring.urls")),
]
