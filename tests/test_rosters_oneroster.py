"""OneRoster archives, 1.1 and 1.2: what is read, what never is, and what is told of a wrong row."""

import pytest

from sessions.rosters import oneroster
from sessions.rosters.lines import where
from sessions.rosters.reading import read
from sessions.rosters.roster import Refused, Roster
from tests.rosters import WILLOW, zipped


def roster(**changed: str) -> Roster:
    """Return what is read of Willow's archive with other files in it."""
    return read("roster.zip", zipped(**changed), "Willow School")


def problems(**changed: str) -> list[str]:
    """Return what is wrong with it, one line each."""
    return [f"{where(problem)}: {problem.text}" for problem in roster(**changed).problems]


def in_classes(found: Roster) -> set[tuple[str, str, str]]:
    """Return class, first name and id of each child."""
    names = {room.key: room.name for room in found.classes}
    return {(names[child.class_key], child.first_name, child.sourced_id) for child in found.students}


ALL = {("Foxes", "Ada", "s1"), ("Foxes", "Ada", "s2"), ("Hares", "Chidi", "s3")}


def test_homerooms_of_our_school_their_children_and_teachers_are_read():
    found = roster()
    assert found.problems == ()
    assert in_classes(found) == ALL
    assert [(room.name, room.sourced_id) for room in found.classes] == [("Foxes", "c1"), ("Hares", "c2")]
    assert [teacher.email for teacher in found.classes[0].teachers] == ["rivera@willow.example"]


def test_passwords_and_childrens_addresses_are_not_read():
    told = repr(roster(demographics="sourcedId,birthDate\ns1,2017-01-01\n"))
    assert not any(word in told for word in ("secret", "ada@", "2017"))


def test_without_homerooms_every_class_is_read():
    classes = WILLOW["classes.csv"].replace("homeroom", "scheduled")
    assert {room.name for room in roster(classes=classes).classes} == {"Foxes", "Hares", "Swimming"}


def test_version_1_2_has_roles_of_their_own_and_preferred_names():
    users = (
        "sourcedId,enabledUser,username,givenName,familyName,preferredGivenName,email\n"
        "t1,true,rivera,Maria,Rivera,,rivera@willow.example\n"
        "s1,true,ada,Augusta Ada,King,Ada,\ns2,true,ada2,Ada,Byron,,\ns3,true,chidi,Chidi,Obi,,\n"
    )
    roles = (
        "sourcedId,userSourcedId,roleType,role,orgSourcedId\n"
        "r1,t1,primary,teacher,o1\nr2,s1,primary,student,o1\nr3,s2,primary,student,o1\n"
        "r4,s3,primary,student,o1\n"
    )
    found = roster(users=users, roles=roles)
    assert (found.problems, in_classes(found)) == ((), ALL)


def test_rows_that_are_to_be_deleted_are_not_there():
    enrollments = WILLOW["enrollments.csv"].replace("sourcedId,class", "sourcedId,status,class")
    enrollments = enrollments.replace("\ne2,", "\ne2,tobedeleted,").replace("\ne3,", "\ne3,active,")
    lines = [
        line if line.startswith(("sourcedId", "e2", "e3")) else line.replace(",", ",,", 1)
        for line in enrollments.splitlines()
    ]
    assert in_classes(roster(enrollments="\n".join(lines))) == ALL - {("Foxes", "Ada", "s1")}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"manifest": WILLOW["manifest.csv"].replace("bulk", "delta")}, "row 4: holds changes only"),
        (
            {"orgs": "sourcedId,name,type\n1,North,school\n2,South,school\n"},
            "one school called 'Willow School'",
        ),
        ({"orgs": "sourcedId,name,type\n"}, "it has none"),
        ({"classes": "sourcedId,title\nc1,Foxes\n"}, "lacks the column 'schoolsourcedid'"),
        ({"users": ""}, "users.csv is empty"),
    ],
)
def test_what_is_no_roster_of_ours_is_refused_in_one_sentence(changed, told):
    with pytest.raises(Refused, match=told):
        roster(**changed)


def test_a_school_alone_in_its_archive_may_have_another_name():
    orgs = WILLOW["orgs.csv"].replace("Willow School", "Willow Primary")
    assert in_classes(roster(orgs=orgs)) == ALL


def test_a_missing_file_is_named():
    files = {name: text for name, text in WILLOW.items() if name != "enrollments.csv"}
    with pytest.raises(Refused, match="^enrollments.csv is missing"):
        read("roster.zip", zipped(files), "Willow School")


@pytest.mark.parametrize(
    ("file", "before", "after", "told"),
    [
        ("users", "s2,", "s1,", "users.csv, row 4, sourcedId: 's1' is that of row 3 too"),
        ("users", "s2,", ",", "users.csv, row 4, sourcedId: is empty"),
        ("users", "Chidi,", ",", "users.csv, row 5, givenName: is empty"),
        ("users", "student,chidi", "parent,chidi", "users.csv, row 5, role: is no student"),
        ("classes", "Foxes", "", "classes.csv, row 2, title: is empty"),
        ("enrollments", "s1,", "s9,", "enrollments.csv, row 3, userSourcedId: 's9' is not in users.csv"),
        ("enrollments", "c2,", "c9,", "enrollments.csv, row 5, classSourcedId: 'c9' is not in classes.csv"),
    ],
)
def test_a_wrong_row_is_told_with_its_file_and_row(file, before, after, told):
    text = WILLOW[f"{file}.csv"].replace(before, after, 1)
    assert any(line.startswith(told) for line in problems(**{file: text}))


def test_a_file_that_unpacks_to_too_much_is_refused(monkeypatch):
    monkeypatch.setattr("sessions.rosters.reading.MAX_FILE_BYTES", 2_000)
    with pytest.raises(Refused, match="users.csv is larger than"):
        roster(users=WILLOW["users.csv"] + "x,true,o1,parent,x,X,X,,\n" * 500)


def test_a_zip_bomb_and_a_workbook_are_refused():
    with pytest.raises(Refused, match="roster.zip is a ZIP bomb"):
        roster(users="\n" * 5_000_000)
    with pytest.raises(Refused, match="is a spreadsheet: save it as CSV"):
        read("roster.xlsx", zipped({"xl/workbook.xml": "<workbook/>"}), "Willow School")


def test_only_the_files_we_need_are_opened():
    assert "demographics.csv" not in oneroster.READ
