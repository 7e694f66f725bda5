"""CSV files as offices send them: encodings, separators, empty rows, and what cannot be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions.rosters import plain, tables
from sessions.rosters.roster import Refused
from sessions.rosters.tables import read_table, write_table

TEXT = "class;student\r\nFüchse;Zoë\r\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_encodings_of_spreadsheets_are_read(encoding):
    table = read_table("roster.csv", TEXT.encode(encoding))
    assert table.columns == ("class", "student")
    assert dict(table.rows[0].cells) == {"class": "Füchse", "student": "Zoë"}
    assert len(table.notes) == (1 if encoding == "cp1252" else 0)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separators_of_spreadsheets_are_read(separator):
    table = read_table("roster.csv", TEXT.replace(";", separator).encode())
    assert table.rows[0]["student"] == "Zoë"


def test_columns_are_known_however_they_are_written_and_rows_count_as_in_the_spreadsheet():
    table = read_table("a.csv", b'\nStudent ID, First-Name ,,\n\n1, "Ada  M."\n,,,\n2,Ben,,\n')
    assert table.columns == ("studentid", "firstname")
    assert [(row.number, row["studentid"], row["firstname"]) for row in table.rows] == [
        (4, "1", '"Ada M."'),
        (6, "2", "Ben"),
    ]


def test_a_line_break_in_quotes_is_one_row():
    table = read_table("a.csv", b'class,student\nFoxes,"Ada\nLovelace"\nFoxes,Ben\n')
    assert [(row.number, row["student"]) for row in table.rows] == [(2, "Ada\nLovelace"), (3, "Ben")]


def test_a_row_with_a_cell_too_many_is_told_and_the_others_are_read():
    table = read_table("a.csv", b"class,student\nFoxes,Lovelace, Ada\nFoxes,Ben,\n")
    assert [row["student"] for row in table.rows] == ["Ben"]
    assert (table.problems[0].place.row, table.problems[0].text.split(":")[0]) == (
        2, "has 3 cells, and the first row only 2",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "a.csv is empty"),
        (b"class,Class\nFoxes,Hares\n", "a.csv, row 1: two columns are called"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"x" * 99, "is an Excel file"),
        (b"class,student\nFoxes,A\x00da\n", "is not a text file"),
        (b"class,student\nFoxes,\x81\n", "is not a text file we can read"),
        (b"\xff\xfec\x00l", "is not a text file we can read"),
        (b'class,student\nFoxes,"Ada\nFoxes,Ben\n', "a.csv, row 2: .* quotation mark that is not closed"),
        (b'class,student\nFoxes,"Ada" L\n', "a.csv, row 2: "),
    ],
)
def test_what_is_no_table_is_refused_in_one_sentence(data, told):
    with pytest.raises(Refused, match=told):
        plain.read(read_table("a.csv", data))


def test_more_rows_than_a_school_has_are_refused(monkeypatch):
    monkeypatch.setattr(tables, "MAX_ROWS", 2)
    assert len(read_table("a.csv", b"class\n1\n2\n").rows) == 2
    with pytest.raises(Refused, match="more than 2 rows"):
        read_table("a.csv", b"class\n1\n2\n3\n")


def test_a_formula_is_written_as_text():
    assert write_table(["student"], [["=HYPERLINK(1)"]]) == "student\r\n'=HYPERLINK(1)\r\n"


@given(st.binary(max_size=300))
def test_no_file_makes_the_reader_fail_in_another_way(data):
    try:
        read_table("a.csv", data)
    except Refused as error:
        assert str(error).startswith("a.csv")
