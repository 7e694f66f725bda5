"""The page about a school day, in the admin."""

from django.urls import path

from readerai.simulated_day.views import show_simulated_day

urlpatterns = [path("simulated-day/", show_simulated_day, name="simulated-day")]
