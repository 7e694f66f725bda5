"""A child's secrets are drawn anew: what was printed or told before opens nothing, and sign-ins end."""

from collections.abc import Iterable

from sessions import throttle
from sessions.models import Student, new_badge_key
from sessions.pictures import new_pictures


def renew_badges(students: Iterable[Student]) -> int:
    """Give each a new badge; return how many. Whoever came in with the old one is signed out."""
    changed = list(students)
    for student in changed:
        student.badge_key = new_badge_key()
    return _save(changed, "badge_key")


def renew_pictures(students: Iterable[Student]) -> int:
    """Give each new pictures; return how many. A pause after wrong ones is over.

    Raises redis.exceptions.RedisError; the pictures are new then too.
    """
    changed = list(students)
    for student in changed:
        student.pictures = new_pictures()
    count = _save(changed, "pictures")
    throttle.forget(*(throttle.Tries(throttle.STUDENT, student.pk) for student in changed))
    return count


def _save(students: list[Student], field: str) -> int:
    for student in students:
        student.ticket_version += 1
    return Student.objects.bulk_update(students, [field, "ticket_version"], batch_size=500)
