"""docs/privacy.md says of every field and key what it is for and when it ends, and no voice is kept."""

import re

import pytest
from django.apps import apps
from django.db.models import FileField, Model

from readerai.env import PROJECT
from sessions.models import AuditEntry, ReadingSession, ReadingTime, Student
from tests.test_settings import documented
from tutoring.models import CachedAnswer, Flag, Narration, Question

PAGE = (PROJECT / "docs" / "privacy.md").read_text()
ARCHITECTURE = (PROJECT / "docs" / "architecture.md").read_text()


def first_cells(text: str, heading: str) -> set[str]:
    """Return what stands in backticks in the first cells of the table under a heading."""
    section = text.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize(
    "model", [Student, ReadingSession, ReadingTime, Question, Flag, Narration, CachedAnswer, AuditEntry]
)
def test_every_field_is_in_the_data_map(model: type[Model]):
    rows = re.findall(rf"^\| `{model.__name__}` \| (.*?) \|", PAGE, re.MULTILINE)
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row)}
    assert told == {field.name for field in model._meta.concrete_fields}


def test_every_key_of_redis_is_in_the_data_map():
    kept = first_cells(ARCHITECTURE, "Live sessions in Redis")
    assert first_cells(PAGE, "In Redis") == kept


def test_every_setting_it_names_exists():
    named = set(re.findall(r"`([A-Z][A-Z0-9_]+)(?:=\d)?`", PAGE)) - {"NUMBER"}
    assert {"TRANSCRIPT_DAYS", "SPEECH_INPUT"} <= named
    assert named <= set(documented())


def test_no_voice_is_kept_because_nothing_records_and_no_file_but_narration_is_stored():
    stored = {
        f"{model.__name__}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, FileField)
    }
    assert stored == {"Narration.audio"}
    scripts = [path.read_text() for path in (PROJECT / "static").rglob("*.js")]
    assert scripts
    assert not any(
        re.search("MediaRecorder|AudioWorklet|createScriptProcessor", script) for script in scripts
    )
