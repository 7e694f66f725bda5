"""Stories and questions as FairytaleQA has them: `stories/NAME-story.csv` and `questions/NAME-questions.csv`.

What is wrong in them stops nothing: each fault is one line that names its file and row, and the rest is used.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

_STORY, _QUESTIONS = "-story.csv", "-questions.csv"
_STORY_COLUMNS = ("section", "text")
_QUESTION_COLUMNS = ("question", "cor_section", "attribute1", "ex-or-im1", "answer1")
_SECOND_ANSWER = "answer4"  # the other annotator's; a file may be without
_BETWEEN = re.compile(r"[,;&\s]+(?:and\s+)?")  # the sections of a cell
_SECTION = re.compile(r"(\d{1,6})(?:[-–](\d{1,6}))?", re.ASCII)
_EXPLICIT, _IMPLICIT = "explicit", "implicit"
_BYTE_ORDER_MARKS = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


class Story(NamedTuple):
    """A story: its sections' texts in reading order, by the numbers that questions name them by."""

    name: str
    sections: dict[int, str]


class Asked(NamedTuple):
    """A question about a story, and what two annotators would answer."""

    story: Story
    question: str
    heard: int  # how many sections must have been heard, so that it can be answered
    kind: str  # FairytaleQA's attribute1: character, setting, action ...
    explicit: bool  # the answer stands in the text; else it must be inferred
    answers: tuple[str, ...]

    def heard_text(self, sections: int) -> str:
        """Return the text of the first so many sections."""
        return "\n\n".join(list(self.story.sections.values())[:sections])

    def unheard_text(self, sections: int) -> str:
        """Return the text after the first so many sections."""
        return "\n\n".join(list(self.story.sections.values())[sections:])


class Collection(NamedTuple):
    """The questions of a folder, and what in it could not be used or had to be guessed, one line each."""

    questions: list[Asked]
    stories: int
    problems: list[str]


class _Unusable(Exception):
    """A file cannot be used at all; the message says why."""


def read(folder: Path) -> Collection:
    """Read a folder. Raises ValueError: it is none, or has no such files."""
    stories = _named(folder / "stories", _STORY)
    asked = _named(folder / "questions", _QUESTIONS)
    if not stories or not asked:
        raise ValueError(
            f"{folder} has no stories with questions: stories/NAME{_STORY} and questions/NAME{_QUESTIONS} "
            "are looked for"
        )
    problems = [f"{asked[name]}: there is no story of that name" for name in asked.keys() - stories.keys()]
    questions: list[Asked] = []
    used = 0
    for name, path in stories.items():
        if name not in asked:
            problems.append(f"{path}: there are no questions of that name")
            continue
        try:
            story = Story(name, dict(_sections(path, problems)))
            of_story = list(_questions(asked[name], story, problems))
        except _Unusable as error:
            problems.append(str(error))
            continue
        questions += of_story
        used += bool(of_story)
    return Collection(questions, used, sorted(problems))


def _named(folder: Path, ending: str) -> dict[str, Path]:
    try:
        paths = sorted(path for path in folder.iterdir() if path.is_file() and path.name.endswith(ending))
    except OSError:
        return {}
    return {path.name.removesuffix(ending): path for path in paths}


def _sections(path: Path, problems: list[str]) -> Iterator[tuple[int, str]]:
    seen: set[int] = set()
    for where, row in _rows(path, _STORY_COLUMNS, problems):
        number = row["section"]
        if not _NUMBER.fullmatch(number):
            problems.append(f"{where}: section {number!r} is no number")
        elif int(number) in seen:
            problems.append(f"{where}: there is a section {number} before it")
        elif not row["text"]:
            problems.append(f"{where}: section {number} has no text")
        else:
            seen.add(int(number))
            yield int(number), row["text"]
    if not seen:
        raise _Unusable(f"{path}: it has no section")


def _questions(path: Path, story: Story, problems: list[str]) -> Iterator[Asked]:
    order = {number: place for place, number in enumerate(story.sections, 1)}
    found = False
    for where, row in _rows(path, _QUESTION_COLUMNS, problems):
        found = True
        answers = [row[column] for column in ("answer1", _SECOND_ANSWER) if row.get(column)]
        sections = _numbers(row["cor_section"])
        missing = [number for number in sections if number not in order]
        if not row["question"]:
            problems.append(f"{where}: there is no question")
        elif not answers:
            problems.append(f"{where}: there is no answer")
        elif row["ex-or-im1"].lower() not in (_EXPLICIT, _IMPLICIT):
            problems.append(f"{where}: ex-or-im1 is {row['ex-or-im1']!r}, not {_EXPLICIT} or {_IMPLICIT}")
        elif not sections:
            problems.append(f"{where}: cor_section {row['cor_section']!r} names no section")
        elif missing:
            problems.append(f"{where}: the story has no section {missing[0]}")
        else:
            yield Asked(
                story,
                row["question"],
                max(order[number] for number in sections),
                row["attribute1"].lower() or "unknown",
                row["ex-or-im1"].lower() == _EXPLICIT,
                tuple(answers),
            )
    if not found:
        raise _Unusable(f"{path}: it has no question")


def _rows(path: Path, columns: Iterable[str], problems: list[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield where each row is (the header is row 1), and its cells by the names in the header."""
    reader = csv.reader(io.StringIO(_text(path, problems), newline=""))
    number = 1
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if missing := [column for column in columns if column not in header]:
            there = ", ".join(filter(None, header))[:100] or "nothing"
            raise _Unusable(f"{path}, row 1: there is no column {', '.join(missing)}; there is {there}")
        for number, cells in enumerate(reader, 2):
            where = f"{path}, row {number}"
            if not any(cell.strip() for cell in cells):
                continue
            if len(cells) > len(header) and any(cell.strip() for cell in cells[len(header) :]):
                problems.append(f"{where}: it has {len(cells)} cells, the header {len(header)}")
                continue
            cells += [""] * (len(header) - len(cells))
            yield where, {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
    except csv.Error as error:
        problems.append(f"{path}, after row {number}: {error}; the rest is left out")


def _text(path: Path, problems: list[str]) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise _Unusable(f"{path}: it cannot be read: {error.strerror}") from None
    encoding = "utf-16" if content.startswith(_BYTE_ORDER_MARKS) else "utf-8-sig"
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        row = content[: error.start].count(b"\n") + 1
        problems.append(
            f"{path}, line {row}: it is not {encoding.removesuffix('-sig').upper()}; read as Windows-1252"
        )
        return content.decode("cp1252", errors="replace")


def _numbers(text: str) -> list[int]:
    """Return the sections that `cor_section` names: "3", "6, 7", "3-5"; none where it is anything else."""
    named = [_SECTION.fullmatch(each) for each in _BETWEEN.split(text)]
    if not all(named):
        return []
    # The ends of a range are enough: what matters is the last section, and that the story has it.
    return [int(number) for each in named if each for number in each.groups() if number]
