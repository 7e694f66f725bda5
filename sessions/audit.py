"""The audit log: what grown-ups looked at and did. One call writes one thing, in one INSERT.

A line says who, when, what and where: the kind of a thing and its number, the school and the class. It never
holds a child's name or words, so that it can outlive the child: what a number stands for is looked up when
the log is read.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.contenttypes.models import ContentType
from django.db import Error, models
from django.dispatch import receiver

from sessions.models import AuditEntry, School
from sessions.scope import EVERY_SCHOOL, ScopedModel, schools_of

Action = AuditEntry.Action

logger = logging.getLogger(__name__)

_LONGEST = AuditEntry._meta.get_field("details").max_length


def record(
    user: User | None,
    action: Action,
    thing: models.Model | type[models.Model] | None = None,
    details: str = "",
) -> None:
    """Write what a grown-up did with a thing, or with the list of a kind of things; user None: a command.

    `details` is the caller's to keep free of names and words of children. A thing that is going to be deleted
    is recorded before. Raises django.db.Error: what must not happen unrecorded shares a transaction with it.
    """
    record_many(user, action, [thing], details)


def record_many(
    user: User | None,
    action: Action,
    things: Iterable[models.Model | type[models.Model] | None],
    details: str = "",
) -> None:
    """Write the same for each of many things. Raises django.db.Error."""
    entries = []
    for thing in things:
        for school_id, classroom in _places(user, thing):
            entries.append(
                AuditEntry(
                    user=user,
                    username=user.get_username() if user else "",
                    action=action,
                    content_type=ContentType.objects.get_for_model(thing) if thing else None,
                    object_id=thing.pk if isinstance(thing, models.Model) else "",
                    school_id=school_id,
                    classroom=classroom,
                    details=details[:_LONGEST],
                )
            )
    AuditEntry.objects.bulk_create(entries)


def looked(user: User, thing: models.Model | type[models.Model], details: str = "") -> None:
    """Write that a grown-up looked at something; where that fails the page is shown all the same."""
    try:
        record(user, Action.LOOKED, thing, details)
    except Error as error:
        logger.error("what user %s looked at is not recorded: %s", user.pk, type(error).__name__)


def _places(user: User | None, thing: Any) -> Sequence[tuple[int | None, str]]:
    """Return the schools whose log it belongs into, with the class.

    That is the school of the thing. What has none, as a list, belongs to the schools the grown-up works in;
    what those do who see every school, to no school.
    """
    if isinstance(thing, School):
        return [(thing.pk, "")]
    if isinstance(thing, ScopedModel):
        scope = type(thing).scope
        lookups = [scope.school]
        if scope.classroom:
            lookups.append("name" if scope.classroom == "pk" else f"{scope.classroom}__name")
        found = type(thing).objects.filter(pk=thing.pk).values_list(*lookups).first()
        if found and found[0] is not None:
            return [(found[0], found[1] if scope.classroom else "")]
    if user is None or user.has_perm(EVERY_SCHOOL):
        return [(None, "")]
    return [(pk, "") for pk in schools_of(user).values_list("pk", flat=True)] or [(None, "")]


@receiver(user_logged_in)
def _signed_in(sender: object, *, user: User, **_: object) -> None:
    record(user, Action.SIGNED_IN)


@receiver(user_login_failed)
def _not_signed_in(sender: object, *, credentials: dict[str, Any], **_: object) -> None:
    """Only of accounts there are: what else was typed may be anything, a password too."""
    user = User.objects.filter(username=credentials.get("username", "")).first()
    if user is not None:
        record(user, Action.NOT_SIGNED_IN)
