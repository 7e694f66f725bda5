"""All that is kept of a child, as a file for its parents: `student.json`, and `student.html` to read.

docs/privacy.md says what each field means. Who of the staff looked at what is told without names, which are
those people's own data.
"""

import io
import json
import zipfile
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.template.loader import render_to_string
from django.utils import timezone

from sessions import checkpoint
from sessions.models import AuditEntry, ReadingSession, ReadingTime, Student
from tutoring.models import Flag, Question

# What signs the child in is told by its teacher, not by a file that lies about.
_SECRETS = {"pictures", "badge_key", "ticket_version"}
# How a row is found again in other stores, and who of the staff it was: nothing that tells of the child.
_LEFT_OUT = {"voices", "kept_as", "looked_at_by", *_SECRETS}


def collect(student: Student) -> dict[str, Any]:
    """Return what is kept: JSON data, with dates. Raises django.db.Error."""
    readings = list(ReadingSession.objects.filter(student=student).select_related("book"))
    checkpoint.bring_up_to_date([each for each in readings if each.finished_at is None])
    turns: dict[Any, list[dict[str, Any]]] = {}
    for question in Question.objects.filter(session__student=student).order_by("asked_at"):
        turns.setdefault(question.session_id, []).append(_fields(question))
    times: dict[Any, list[dict[str, Any]]] = {}
    for time in ReadingTime.objects.filter(session__student=student).order_by("day"):
        times.setdefault(time.session_id, []).append({"day": time.day, "seconds": round(time.seconds)})
    looks = AuditEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Student), object_id=str(student.pk)
    ).order_by("at")
    return {
        "made_at": timezone.now(),
        "school": student.classroom.school.name,
        "class": student.classroom.name,
        "child": _fields(student),
        "readings": [
            {
                **_fields(each),
                "book": each.book.title,
                "times": times.get(each.pk, []),
                "questions": turns.get(each.pk, []),
            }
            for each in readings
        ],
        "flags": [_fields(flag) for flag in Flag.objects.filter(student=student).order_by("created_at")],
        "seen_by_staff": [{"at": look.at, "what": look.action} for look in looks],
    }


def as_zip(student: Student) -> bytes:
    """Return it as a ZIP with both files. Raises django.db.Error."""
    kept = collect(student)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "student.json", json.dumps(kept, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        )
        archive.writestr("student.html", render_to_string("privacy/student.html", {"kept": kept}))
    return packed.getvalue()


def file_name(student: Student) -> str:
    """Return what the file is called: without the child's name, which a download list would show."""
    return f"student-{student.pk}.zip"


def _fields(row: models.Model) -> dict[str, Any]:
    """Return a row's own values; links to other rows are told by where it stands."""
    return {
        field.name: field.value_from_object(row)
        for field in row._meta.concrete_fields
        if not field.is_relation and field.name not in _LEFT_OUT
    }
