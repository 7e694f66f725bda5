"""What a roster would change: exports change nothing, plans end, the order of rows does not matter."""

import random
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sessions.animals import ANIMALS
from sessions.level import BAND_GRADES
from sessions.rosters import export, reading
from sessions.rosters.planning import (
    ClassChange,
    Plan,
    StudentChange,
    StudentRemoval,
    TeacherChange,
    plan,
)
from sessions.rosters.present import Present, PresentClass, PresentStudent
from sessions.rosters.roster import Place, Roster, RosterClass, RosterStudent, RosterTeacher, without_initials

SCHOOL = "Willow School"
RIVERA, OKAFOR = 1, 2
STAFF = {RIVERA: "rivera@willow.example", OKAFOR: "okafor@willow.example"}

FOXES = PresentClass(10, "Foxes", teachers=frozenset({RIVERA}))
HARES = PresentClass(11, "Hares")
ADA = PresentStudent(20, FOXES.pk, "Ada", "fox")
BEN = PresentStudent(21, FOXES.pk, "Ben", "bear")
CHIDI = PresentStudent(22, HARES.pk, "Chidi", "hare")
WILLOW = Present(SCHOOL, (FOXES, HARES), (ADA, BEN, CHIDI), STAFF)


def of_csv(text: str) -> Roster:
    """Return the roster in a plain table."""
    return reading.read("roster.csv", text.encode(), SCHOOL)


def carried_out(present: Present, planned: Plan) -> Present:
    """Return what the school has when the plan was carried out: the model of `store`."""
    assert not planned.problems
    rooms = {room.pk: room for room in present.classes}
    children = {child.pk: child for child in present.students}
    for number, change in enumerate(planned.changes, 1000):
        by_name = {room.name: room for room in rooms.values()}
        match change:
            case StudentRemoval():
                del children[change.student.pk]
            case ClassChange(before=None):
                rooms[number] = PresentClass(number, change.name, change.sourced_id)
            case ClassChange():
                pk = change.before.pk
                rooms[pk] = replace(rooms[pk], name=change.name, sourced_id=change.sourced_id)
            case StudentChange():
                pk = change.before.pk if change.before else number
                children[pk] = PresentStudent(
                    pk, by_name[change.class_name].pk, change.name, change.animal, change.reading_band,
                    change.sourced_id,
                )  # fmt: skip
            case TeacherChange():
                room = by_name[change.class_name]
                teachers = room.teachers ^ {change.account}
                rooms[room.pk] = replace(room, teachers=teachers)
    return replace(present, classes=tuple(rooms.values()), students=tuple(children.values()))


NAMES = ["Ada", "ada", "Ada L.", "Ada Lo.", "Ben", "Mary Ann", "=SUM(A1)", "'-Ana", "Zoë", "Ada B."]
IDS = ["", "", "s1", "s2", "s3", "s4"]
CLASSES = ["Foxes", "Hares", "foxes", "3B", "-1"]


@st.composite
def schools(draw) -> Present:
    """A school as the database allows it: names once a class, ids once a school."""
    names = draw(st.lists(st.sampled_from(CLASSES), unique=True, max_size=4))
    rooms, children, ids = [], [], set()
    for at, name in enumerate(names, 10):
        sourced_id = draw(st.sampled_from(["", f"c{at}"]))
        teachers = draw(st.frozensets(st.sampled_from([*STAFF]), max_size=2))
        rooms.append(PresentClass(at, name, sourced_id, teachers))
        for child in draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5)):
            sourced_id = draw(st.sampled_from(IDS))
            sourced_id = "" if sourced_id in ids else sourced_id
            ids.add(sourced_id)
            animal = draw(st.sampled_from(ANIMALS))
            band = draw(st.sampled_from(["", *BAND_GRADES]))
            children.append(PresentStudent(100 + len(children), at, child, animal, band, sourced_id))
    return Present(SCHOOL, tuple(rooms), tuple(children), STAFF)


@st.composite
def rosters(draw) -> Roster:
    """A roster of the same people, more or less; it may have problems."""
    names = draw(st.lists(st.sampled_from(CLASSES), unique=True, min_size=1, max_size=4))
    rooms = []
    for at, name in enumerate(names):
        sourced_id = draw(st.sampled_from(["", f"c{10 + at}"]))
        emails = draw(st.lists(st.sampled_from([*STAFF.values(), "new@willow.example"]), unique=True))
        place = Place("roster.csv", at)
        teachers = tuple(RosterTeacher(place, email) for email in emails)
        rooms.append(RosterClass(place, name, name, sourced_id, teachers))
    children, ids = [], set()
    for at in range(draw(st.integers(0, 8))):
        first = draw(st.sampled_from(NAMES))
        surname = draw(st.sampled_from(["", "L", "Lovelace", "Lopez", "Byron", "B"]))
        whole = draw(st.booleans())
        sourced_id = draw(st.sampled_from(IDS))
        sourced_id = "" if sourced_id in ids else sourced_id
        ids.add(sourced_id)
        children.append(
            RosterStudent(
                Place("roster.csv", 10 + at),
                draw(st.sampled_from(names)),
                f"{first} {surname}".strip() if whole else first,
                *without_initials(first, surname),
                sourced_id,
                draw(st.sampled_from(["", "owl"])),
                draw(st.sampled_from(["", "Growing"])),
            )
        )
    return Roster(tuple(rooms), tuple(children))


EXAMPLES = hypothesis_settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@EXAMPLES
@given(schools())
def test_what_was_exported_changes_nothing_in_either_format(school):
    table = reading.read("roster.csv", export.as_plain_csv(school), SCHOOL)
    archive = reading.read("roster.zip", export.as_oneroster(school, date(2026, 11, 26)), SCHOOL)
    for roster in (table, archive):
        for remove in (False, True):
            planned = plan(roster, school, remove_missing=remove)
            assert (planned.changes, planned.problems, planned.missing) == ((), (), ())


@EXAMPLES
@given(schools(), rosters(), st.booleans())
def test_a_plan_that_was_carried_out_leaves_nothing_to_do(school, roster, remove):
    planned = plan(roster, school, remove_missing=remove)
    if not planned.problems:
        after = carried_out(school, planned)
        assert len({(child.class_pk, child.name) for child in after.students}) == len(after.students)
        assert len({room.name for room in after.classes}) == len(after.classes)
        assert plan(roster, after, remove_missing=remove).changes == ()


@EXAMPLES
@given(schools(), rosters(), st.booleans(), st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(school, roster, remove, order: random.Random):
    shuffled = replace(
        roster,
        classes=tuple(order.sample(roster.classes, len(roster.classes))),
        students=tuple(order.sample(roster.students, len(roster.students))),
    )
    one, other = (plan(rows, school, remove_missing=remove) for rows in (roster, shuffled))
    assert (one.changes, one.problems, one.missing) == (other.changes, other.problems, other.missing)


@EXAMPLES
@given(schools(), rosters())
def test_nobody_is_removed_unless_asked_for(school, roster):
    planned = plan(roster, school)
    assert not any(isinstance(change, StudentRemoval) for change in planned.changes)
    assert all(change.teaches for change in planned.changes if isinstance(change, TeacherChange))
