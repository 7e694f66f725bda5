"""The `--school` of commands: a name or an id."""

from django.core.management.base import CommandError

from sessions.models import School


def find_school(name_or_id: str) -> School:
    """Return the school of this name or id; raises CommandError."""
    found = list(School.objects.filter(name=name_or_id)[:2])
    if not found and name_or_id.isdecimal() and len(name_or_id) < 19:
        found = list(School.objects.filter(pk=int(name_or_id)))
    if len(found) > 1:
        raise CommandError(f"--school: several schools are named {name_or_id!r}: give the id instead")
    if not found:
        known = (
            ", ".join(f"{school.name} ({school.pk})" for school in School.objects.all()[:10]) or "none yet"
        )
        raise CommandError(f"--school: there is no school {name_or_id!r}. Schools: {known}")
    return found[0]
