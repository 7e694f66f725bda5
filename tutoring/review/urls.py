"""Pages for looking back, beside those that the admin makes of the models."""

from django.urls import path

from tutoring.review.views import show_class, show_hard_places, show_reading_times

urlpatterns = [
    path("classes/<int:classroom_id>/", show_class, name="class-page"),
    path("reading-time/", show_reading_times, name="reading-times"),
    path("books/<int:book_id>/questions/", show_hard_places, name="hard-places"),
]
