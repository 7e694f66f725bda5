"""What a roster would change: exports change nothing, plans end, the order of rows does not matter."""

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from sessions.animals import ANIMALS
from sessions.level import BAND_GRADES
from sessions.rosters import export, reading
from sessions.rosters.changes import ClassChange, Plan, StudentChange, StudentRemoval, TeacherChange
from sessions.rosters.planning import plan
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


def test_a_child_who_may_be_one_of_two_is_not_guessed():
    roster = of_csv("class,student,student_id\nFoxes,Ada Lovelace,s1\nFoxes,Ada Byron,s2\nFoxes,Ben,\n")
    planned = plan(roster, WILLOW, remove_missing=True)
    assert planned.changes == ()
    assert [(problem.place.row, problem.text.split(":")[0]) for problem in planned.problems] == [
        (2, "may be the 'Ada' that 'Foxes' has, and so may others"),
        (3, "may be the 'Ada' that 'Foxes' has, and so may others"),
    ]
    told = replace(WILLOW, students=(replace(ADA, name="Ada L."), BEN, CHIDI))
    names = [(change.before, change.name) for change in plan(roster, told).changes]
    assert names == [(None, "Ada B."), (replace(ADA, name="Ada L."), "Ada L.")]


def test_a_child_with_another_id_is_another_child():
    there = replace(WILLOW, students=(replace(ADA, sourced_id="s9"),))
    planned = plan(of_csv("class,student,student_id\nFoxes,Ada Byron,s1\n"), there)
    assert [(change.before, change.name) for change in planned.changes] == [(None, "Ada B.")]
    assert [gone.student.sourced_id for gone in planned.missing] == ["s9"]


def test_a_child_keeps_its_name_when_another_of_that_name_comes():
    there = replace(WILLOW, students=(replace(ADA, sourced_id="s1"), BEN))
    planned = plan(of_csv("class,student,student_id\nFoxes,Ada,s1\nFoxes,Ada Byron,s2\nFoxes,Ben,\n"), there)
    assert [change.name for change in planned.changes] == ["Ada B."]


def test_children_move_by_their_id_and_stay_in_their_class_by_their_name():
    there = replace(WILLOW, students=(replace(ADA, sourced_id="s1"), BEN))
    planned = plan(of_csv("class,student,student_id\nHares,Ada,s1\nHares,Ben,\nFoxes,,\n"), there)
    assert [(change.before and change.before.pk, change.name) for change in planned.changes] == [
        (ADA.pk, "Ada"), (None, "Ben"),
    ]  # fmt: skip
    assert [gone.student for gone in planned.missing] == [BEN]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("class,class_id,student\nBees,1,\nBees,2,\n", "'Bees' is the name of two classes"),
        ("class,class_id,student\nHares,1,\nFoxes,1b,\nfoxes,2,\n", "differ in capitals only"),
        (
            "class,student,student_id\nFoxes,Ada,1\nHares,Ada,1\n",
            "the id '1' stands twice, see row 2 in 'Foxes'",
        ),
        ("class,student\nBees,Eli Roth\nBees,Eli Roth\n", "the surnames do not tell them apart"),
        ("class,student,teachers\nFoxes,,twin@willow.example\n", "is the address of two accounts"),
    ],
)
def test_what_a_school_cannot_have_is_told(text, told):
    twins = replace(WILLOW, staff={**STAFF, 3: "twin@willow.example", 4: "twin@willow.example"})
    planned = plan(of_csv(text), twins)
    assert planned.changes == ()
    assert any(told in problem.text for problem in planned.problems)


EXAMPLES = hypothesis_settings(
    max_examples=60,
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
