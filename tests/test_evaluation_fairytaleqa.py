"""Stories and questions of others are read as they are; what is wrong in them is one line each."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.evaluated import QUESTION_HEADER, write
from tutoring.evaluation import fairytaleqa

ASKED = "Where did Tiva live?,1,setting,explicit,under the mill,the old mill"


def problems(folder: Path) -> list[str]:
    return [problem.replace(f"{folder}/", "") for problem in fairytaleqa.read(folder).problems]


def test_a_question_knows_its_story_its_answers_and_what_must_have_been_heard(tmp_path):
    write(tmp_path, questions=["Who laughed?,2,Character,Implicit,the herons,"])
    (asked,) = fairytaleqa.read(tmp_path).questions
    assert (asked.story.name, asked.question, asked.heard) == ("tiva", "Who laughed?", 2)
    assert (asked.kind, asked.explicit, asked.answers) == ("character", False, ("the herons",))
    assert asked.heard_text(1).startswith("Tiva was a young fox") and "laughed" not in asked.heard_text(1)
    assert "laughed" in asked.unheard_text(1)


@pytest.mark.parametrize(
    ("cell", "heard"), [("1", 1), ('"1, 3"', 3), ('"2,1"', 2), ("1 and 2", 2), ("1-3", 3), ('" 2 ;3"', 3)]
)
def test_a_question_of_several_sections_waits_for_the_last_of_them(tmp_path, cell, heard):
    write(tmp_path, questions=[f"Why?,{cell},action,explicit,because,"])
    assert [asked.heard for asked in fairytaleqa.read(tmp_path).questions] == [heard]


def test_sections_come_as_the_file_has_them_whatever_their_numbers_are(tmp_path):
    write(tmp_path, sections=["7,First.", "5,Then."], questions=["What?,5,action,explicit,then,"])
    (asked,) = fairytaleqa.read(tmp_path).questions
    assert (asked.heard, asked.heard_text(2)) == (2, "First.\n\nThen.")


def test_columns_may_stand_in_any_order_with_others_between(tmp_path):
    header = "Answer1, ex-or-im1 ,question_id,attribute1,cor_section,question"
    write(tmp_path, header=header, questions=["the mill,explicit,9,setting,1,Where?"])
    (asked,) = fairytaleqa.read(tmp_path).questions
    assert (asked.question, asked.answers) == ("Where?", ("the mill",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_files_are_read_in_the_encodings_of_unicode(tmp_path, encoding):
    write(tmp_path, questions=["Who is Zoë?,1,character,explicit,a fox,"], encoding=encoding)
    assert problems(tmp_path) == []
    assert fairytaleqa.read(tmp_path).questions[0].question == "Who is Zoë?"


def test_what_is_no_unicode_is_read_as_windows_writes_it_and_said(tmp_path):
    write(tmp_path, questions=["Who is Zoë?,1,character,explicit,a fox,"], encoding="cp1252")
    assert problems(tmp_path) == [
        "questions/tiva-questions.csv, line 2: it is not UTF-8; read as Windows-1252"
    ]
    assert fairytaleqa.read(tmp_path).questions[0].question == "Who is Zoë?"


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (",1,action,explicit,yes,", "there is no question"),
        ("Why?,1,action,explicit,,", "there is no answer"),
        ("Why?,1,action,maybe,yes,", "ex-or-im1 is 'maybe', not explicit or implicit"),
        ("Why?,,action,explicit,yes,", "cor_section '' names no section"),
        ("Why?,the end,action,explicit,yes,", "cor_section 'the end' names no section"),
        ("Why?,4,action,explicit,yes,", "the story has no section 4"),
        ("Why?,1,action,explicit,yes,no,maybe", "it has 7 cells, the header 6"),
        ("Why?", "there is no answer"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_next_is_used(tmp_path, row, problem):
    write(tmp_path, questions=[row, ASKED])
    assert problems(tmp_path) == [f"questions/tiva-questions.csv, row 2: {problem}"]
    assert len(fairytaleqa.read(tmp_path).questions) == 1


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("one,Once.", "section 'one' is no number"),
        ("1,Once more.", "there is a section 1 before it"),
        ("9,", "section 9 has no text"),
    ],
)
def test_a_section_that_cannot_be_used_is_named(tmp_path, row, problem):
    write(tmp_path, sections=["1,Once.", row], questions=["When?,1,setting,explicit,once,"])
    assert problems(tmp_path) == [f"stories/tiva-story.csv, row 3: {problem}"]
    assert len(fairytaleqa.read(tmp_path).questions) == 1


@pytest.mark.parametrize(
    ("path", "content", "problem"),
    [
        ("stories/tiva-story.csv", b"", "row 1: there is no column section, text; there is nothing"),
        ("stories/tiva-story.csv", b"section,text\n", "it has no section"),
        ("stories/tiva-story.csv", b"section;text\n1;Once.", "there is section;text"),
        ("stories/tiva-story.csv", b'section,text\n1,"' + b"x" * 200_000, "after row 1: field larger than"),
        ("stories/tiva-story.csv", bytes(range(256)), "there is no column section"),
        ("questions/tiva-questions.csv", b"", "row 1: there is no column question"),
        (
            "questions/tiva-questions.csv",
            b"question,answer1\nWhy?,So.",
            "there is no column cor_section, attr",
        ),
        ("questions/tiva-questions.csv", QUESTION_HEADER.encode(), "it has no question"),
    ],
)
def test_a_file_that_cannot_be_used_is_named_and_the_next_story_is_used(tmp_path, path, content, problem):
    write(tmp_path, questions=[ASKED])
    write(tmp_path, name="twin", questions=[ASKED])
    (tmp_path / path).write_bytes(content)
    found = fairytaleqa.read(tmp_path)
    assert [asked.story.name for asked in found.questions] == ["twin"]
    assert any(line.startswith(str(tmp_path / path)) and problem in line for line in found.problems)


def test_a_story_without_questions_and_questions_without_a_story_are_named(tmp_path):
    write(tmp_path, questions=[ASKED])
    write(tmp_path, name="lost", questions=[ASKED])
    write(tmp_path, name="mute", questions=[ASKED])
    (tmp_path / "stories" / "lost-story.csv").unlink()
    (tmp_path / "questions" / "mute-questions.csv").unlink()
    assert problems(tmp_path) == [
        "questions/lost-questions.csv: there is no story of that name",
        "stories/mute-story.csv: there are no questions of that name",
    ]


@pytest.mark.parametrize("made", [[], ["stories"], ["stories", "questions"]])
def test_a_folder_without_such_files_is_refused_in_one_line(tmp_path, made):
    for name in made:
        (tmp_path / name).mkdir()
    with pytest.raises(ValueError, match="has no stories with questions: stories/NAME-story.csv"):
        fairytaleqa.read(tmp_path)


@given(story=st.binary(max_size=200), questions=st.binary(max_size=200), headed=st.booleans())
def test_no_bytes_crash_it(tmp_path_factory, story, questions, headed):
    folder = tmp_path_factory.mktemp("any")
    write(folder, questions=[ASKED])
    for path, header, content in (
        ("stories/tiva-story.csv", "section,text\n1,Once.\n", story),
        ("questions/tiva-questions.csv", f"{QUESTION_HEADER}\n", questions),
    ):
        (folder / path).write_bytes((header.encode() if headed else b"") + content)
    assert all(asked.answers and asked.heard for asked in fairytaleqa.read(folder).questions)
