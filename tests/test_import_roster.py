"""`manage.py import_roster`: a line for each change, or for each problem and nothing changed."""

import pytest
from django.core.management import CommandError, call_command

from sessions.models import Student
from tests.rosters import WILLOW, zipped

TABLE = "class,student\nFoxes,Ada Lovelace\nBees,Eli Roth\n"


@pytest.fixture
def run(capsys):
    """Run the command for Willow School; returns (exit status, lines on stdout, lines on stderr)."""

    def run(*arguments) -> tuple[int, list[str], list[str]]:
        status = 0
        try:
            call_command("import_roster", *map(str, arguments), "--school", "Willow School")
        except SystemExit as exit_:
            status = exit_.code
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


@pytest.fixture
def table(tmp_path):
    """A table on disk."""
    file = tmp_path / "roster.csv"
    file.write_text(TABLE)
    return file


def names() -> set[str]:
    """Return the children there are."""
    return set(Student.objects.values_list("name", flat=True))


def test_each_change_is_a_line_and_a_dry_run_makes_none(run, table, ada, ben):
    told = ["New class: Bees", "New child: Bees, Eli, bear", "No longer in the file, stays: Foxes, Ben"]
    assert run(table, "--dry-run") == (0, [*told, "2 changes would be made"], [])
    assert names() == {"Ada", "Ben"}
    assert run(table) == (0, [*told, "2 changes made"], [])
    assert names() == {"Ada", "Ben", "Eli"}


def test_children_who_are_missing_are_removed_when_asked_for(run, table, ada, ben):
    status, out, _ = run(table, "--remove-missing")
    assert (status, out[0]) == (0, "Child removed: Foxes, Ben, with all it has read")
    assert names() == {"Ada", "Eli"}


def test_problems_are_lines_and_nothing_is_changed(run, table, ada):
    table.write_text(TABLE + "Bees,Eli Roth\n,Finn\n")
    status, out, err = run(table)
    assert (status, out, len(err)) == (1, [], 3)
    assert err[-1] == "roster.csv, row 5, class: is empty: write the class's name"
    assert names() == {"Ada"}


def test_an_archive_and_its_folder_are_the_same(run, tmp_path, willow):
    for name, text in WILLOW.items():
        (tmp_path / name).write_text(text)
    archive = tmp_path / "roster.zip"
    archive.write_bytes(zipped())
    assert run(tmp_path, "--dry-run") == run(archive, "--dry-run")
    assert run(tmp_path)[1][-1] == "5 changes made"
    assert run(archive)[1] == [
        "Has no account yet: Foxes, rivera@willow.example", "0 changes made",
    ]  # fmt: skip


def test_a_file_that_is_none_is_one_line(run, tmp_path, willow):
    with pytest.raises(CommandError, match="nowhere.csv: No such file"):
        run(tmp_path / "nowhere.csv")
    with pytest.raises(CommandError, match="orgs.csv is missing"):
        run(tmp_path)
    with pytest.raises(CommandError, match="no school 'Wilow'"):
        call_command("import_roster", str(tmp_path), "--school", "Wilow")
