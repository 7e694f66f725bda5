"""The days that a page looks back on, as its address says."""

from datetime import date, timedelta
from typing import NamedTuple

from django.http import HttpRequest
from django.utils import timezone

CHOICES = {7: "7 days", 30: "30 days", 365: "a year"}


class Period(NamedTuple):
    """The last days, today included."""

    days: int

    @property
    def first(self) -> date:
        """The first of them, by the installation's calendar."""
        return timezone.localdate() - timedelta(days=self.days - 1)


def period_of(request: HttpRequest, otherwise: int = 30) -> Period:
    """Return the period of `?days=`; whatever else stands there counts as not said."""
    said = request.GET.get("days", "")
    return Period(int(said) if said.isdecimal() and len(said) < 5 and int(said) in CHOICES else otherwise)
