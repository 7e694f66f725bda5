"""A roster as a plain table: what is read, what is not, and what is told of a wrong row."""

import pytest

from sessions.rosters import plain
from sessions.rosters.lines import where
from sessions.rosters.roster import Roster
from sessions.rosters.tables import read_table


def read(text: str) -> Roster:
    """Return the roster in a table."""
    return plain.read(read_table("a.csv", text.encode()))


def problems(text: str) -> list[str]:
    """Return what is wrong with a table, one line each."""
    return [f"{where(problem)}: {problem.text}" for problem in read(text).problems]


def test_the_example_that_people_begin_with_is_read():
    roster = read(plain.TEMPLATE)
    assert not roster.problems
    assert [room.name for room in roster.classes] == ["Foxes", "Hares"]
    assert [teacher.email for teacher in roster.classes[0].teachers] == ["m.rivera@school.example"]
    ada = roster.students[0]
    assert (ada.first_name, ada.surname, ada.animal, ada.reading_band, ada.sourced_id) == (
        "Ada", "Lovelace", "fox", "Growing", "1001",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "first_name", "surname"),
    [
        ("Ada", "Ada", ""),
        ("Ada Lovelace", "Ada", "Lovelace"),
        ("Ada King Lovelace", "Ada", "Lovelace"),
        ("Ada L.", "Ada", "L."),
        ('"Lovelace, Ada King"', "Ada", "Lovelace"),
        ("Mary-Ann Smith", "Mary-Ann", "Smith"),
    ],
)
def test_of_a_whole_name_the_first_word_is_kept(name, first_name, surname):
    student = read(f"class,student\nFoxes,{name}\n").students[0]
    assert (student.first_name, student.surname) == (first_name, surname)


def test_a_first_name_of_two_words_has_a_column_of_its_own():
    student = read("class,first name,surname\nFoxes,Mary Ann,Smith\n").students[0]
    assert (student.first_name, student.surname) == ("Mary Ann", "Smith")


def test_a_class_without_children_is_a_row_of_its_own():
    roster = read("class,student\nFoxes,\n")
    assert ([room.name for room in roster.classes], roster.students) == (["Foxes"], ())


def test_columns_we_have_no_use_for_are_named_and_not_read():
    roster = read("class,student,birthday,parent phone\nFoxes,Ada,2017-01-01,555 0100\n")
    assert roster.notes == ("Not read, and not kept: birthday, parentphone.",)
    assert "2017" not in repr(roster) and "555" not in repr(roster)


def test_each_wrong_cell_is_told_with_its_row_and_how_to_mend_it():
    told = problems(
        "class,class_id,student,student_id,animal,reading_band,teachers\n"
        ",,Ada,,,,\n"
        "Foxes,,,1001,,,\n"
        'Foxes,,"Ada\nLovelace",,,,\n'
        "Foxes,,Ben,,dragon,,\n"
        "Foxes,,Ben,,,Expert,\n"
        "Foxes,,Ben,,,,rivera\n"
        f"{'x' * 121},,Ben,,,,\n"
        f"Foxes,,{'x' * 61},,,,\n"
        "Foxes,7,Ben,,,,\n"
        "Hares,7,Ben,,,,\n"
    )
    assert [line.split(": ")[0] for line in told] == [
        "a.csv, row 2, class",
        "a.csv, row 3, student",
        "a.csv, row 4, student",
        "a.csv, row 5, animal",
        "a.csv, row 6, reading_band",
        "a.csv, row 7, teachers",
        "a.csv, row 8, class",
        "a.csv, row 9, student",
        "a.csv, row 11, class",
    ]
    assert "First steps, Growing, Confident" in told[4]
    assert "shorten it" in told[6]
    assert "'Foxes' in row 10" in told[8]


def test_a_name_that_would_turn_a_page_around_is_refused():
    assert "invisible sign" in problems("class,student\nFoxes,Ada\u202e\n")[0]
