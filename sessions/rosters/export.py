"""A school's classes, children and teachers as a plain table or as a OneRoster 1.1 archive. Pure."""

import io
import zipfile
from datetime import date

from sessions.rosters import oneroster, plain
from sessions.rosters.present import Present, PresentClass, PresentStudent
from sessions.rosters.tables import write_table

_FILES = ("academicSessions", "classes", "courses", "enrollments", "orgs", "users")
_ABSENT = (
    "categories", "classResources", "courseResources", "demographics", "lineItems", "resources", "results",
)  # fmt: skip
_SCHOOL, _COURSE, _YEAR = (f"{oneroster.OWN_IDS}{name}" for name in ("school", "reading", "year"))


def as_plain_csv(present: Present) -> bytes:
    """Return a table that can be imported again and changes nothing; UTF-8 with a mark, for spreadsheets."""
    rows = []
    for room in present.classes:
        teachers = " ".join(sorted(_addresses(present, room)))
        children = [student for student in present.students if student.class_pk == room.pk]
        for child in children:
            rows.append(
                [
                    room.name,
                    room.sourced_id,
                    child.name,
                    child.sourced_id,
                    child.animal,
                    child.reading_band,
                    teachers,
                ]
            )
        if not children:
            rows.append([room.name, room.sourced_id, "", "", "", "", teachers])
    return write_table(plain.COLUMNS, rows).encode("utf-8-sig")


def as_oneroster(present: Present, today: date) -> bytes:
    """Return a ZIP archive of OneRoster 1.1 files; surnames, which we have not, are "-"."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, (columns, rows) in _tables(present, today).items():
            archive.writestr(f"{name}.csv", write_table(columns.split(","), rows))
    return out.getvalue()


def _tables(present: Present, today: date) -> dict[str, tuple[str, list[list[str]]]]:
    begins = date(today.year if today.month >= 8 else today.year - 1, 8, 1)
    ends = date(begins.year + 1, 7, 31)
    rooms = {room.pk: room for room in present.classes}
    teaching = [(room, pk) for room in present.classes for pk in sorted(room.teachers)]
    teachers = sorted({pk for _, pk in teaching if present.staff.get(pk)})
    manifest = [
        ["manifest.version", "1.0"],
        ["oneroster.version", "1.1"],
        *([f"file.{name}", "bulk"] for name in _FILES),
        *([f"file.{name}", "absent"] for name in _ABSENT),
        ["source.systemName", "ReaderAI"],
    ]
    users = [
        [_id("teacher", pk), "", "", "true", _SCHOOL, "teacher", present.staff[pk], present.staff[pk],
         oneroster.NO_SURNAME, present.staff[pk]]
        for pk in teachers
    ] + [
        [_student_id(child), "", "", "true", _SCHOOL, "student", _student_id(child), child.name,
         oneroster.NO_SURNAME, ""]
        for child in present.students
    ]  # fmt: skip
    enrollments = [
        [_id("teaches", f"{room.pk}-{pk}"), "", "", _class_id(room), _SCHOOL, _id("teacher", pk),
         "teacher", ""]
        for room, pk in teaching
        if pk in teachers
    ] + [
        [_id("reads", child.pk), "", "", _class_id(rooms[child.class_pk]), _SCHOOL, _student_id(child),
         "student", "false"]
        for child in present.students
    ]  # fmt: skip
    always = "sourcedId,status,dateLastModified"
    return {
        "manifest": ("propertyName,value", manifest),
        "orgs": (f"{always},name,type", [[_SCHOOL, "", "", present.school, "school"]]),
        "academicSessions": (
            f"{always},title,type,startDate,endDate,schoolYear",
            [[_YEAR, "", "", str(ends.year), "schoolYear", str(begins), str(ends), str(ends.year)]],
        ),
        "courses": (f"{always},title,orgSourcedId", [[_COURSE, "", "", "Reading", _SCHOOL]]),
        "classes": (
            f"{always},title,courseSourcedId,classType,schoolSourcedId,termSourcedIds",
            [
                [_class_id(room), "", "", room.name, _COURSE, "homeroom", _SCHOOL, _YEAR]
                for room in present.classes
            ],
        ),
        "users": (
            f"{always},enabledUser,orgSourcedIds,role,username,givenName,familyName,email",
            users,
        ),
        "enrollments": (
            f"{always},classSourcedId,schoolSourcedId,userSourcedId,role,primary",
            enrollments,
        ),
    }


def _addresses(present: Present, room: PresentClass) -> list[str]:
    return [email for pk in room.teachers if (email := present.staff.get(pk))]


def _class_id(room: PresentClass) -> str:
    return room.sourced_id or _id("class", room.pk)


def _student_id(child: PresentStudent) -> str:
    return child.sourced_id or _id("student", child.pk)


def _id(kind: str, key: int | str) -> str:
    return f"{oneroster.OWN_IDS}{kind}:{key}"
