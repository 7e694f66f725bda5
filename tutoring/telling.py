"""Teachers are told by mail that something waits for their eyes: once, and in no word of the child's.

The flags themselves are the list of what is to be told: mail that could not be sent is sent by the next run.
"""

import logging

from celery import shared_task
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from sessions.models import Classroom
from tutoring.broker import queue
from tutoring.models import Flag
from tutoring.safety.categories import Category

logger = logging.getLogger(__name__)

_TOLD = {
    "none": frozenset[Category](),
    "urgent": frozenset(category for category in Category if category.urgent),
    "all": frozenset(Category),
}
_BODY = """\
Something that a child of {classroom} said to ReaderAI, or was about to be told,
is for a grown-up to look at{urgent}. You find it here:

{link}

This mail holds no name and no words of the child, on purpose.
"""


def soon(category: Category) -> None:
    """Have the teachers told now, if they want to hear of this category. Raises nothing.

    With the broker away the next regular run finds the same flags.
    """
    if category not in _TOLD[settings.FLAG_EMAILS]:
        return
    queue(tell_adults, otherwise="teachers are told later")


@shared_task
def tell_adults() -> None:
    """Send what teachers have not been told. Safe to run at any time and at once; beat does each minute."""
    try:
        for classroom in Classroom.objects.filter(
            Exists(_untold().filter(student__classroom=OuterRef("pk")))
        ):
            _tell(classroom)
    except (OperationalError, InterfaceError) as error:
        logger.warning("flags wait for PostgreSQL: %s", type(error).__name__)


def _untold() -> QuerySet[Flag]:
    """Return the flags that somebody wants to be told of and has not been."""
    return Flag.objects.filter(told_at=None, status=Flag.Status.NEW, category__in=_TOLD[settings.FLAG_EMAILS])


def _tell(classroom: Classroom) -> None:
    """Send one mail for all that is new in a class; whoever else is at it leaves it alone."""
    teachers = classroom.teachers.filter(is_active=True).exclude(email="").values_list("email", flat=True)
    recipients = sorted(set(teachers))
    if not recipients:  # they find it in the admin
        return
    with transaction.atomic():
        flags = list(
            _untold().filter(student__classroom=classroom).select_for_update(skip_locked=True, of=("self",))
        )
        if not flags:
            return
        urgent = any(Category(flag.category).urgent for flag in flags)
        link = f"{settings.SITE_URL.rstrip('/')}{reverse('admin:tutoring_flag_changelist')}?status__exact=new"
        mail = EmailMessage(
            f"ReaderAI: {'please look now' if urgent else 'something to look at'} ({classroom.name})",
            _BODY.format(classroom=classroom.name, urgent=" at once" if urgent else "", link=link),
            to=recipients,
        )
        try:
            mail.send()
        except OSError as error:  # SMTP's own errors are such errors, too
            logger.error("%d flags are not told yet: %s", len(flags), type(error).__name__)
            return
        Flag.objects.filter(pk__in=[flag.pk for flag in flags]).update(told_at=timezone.now())
