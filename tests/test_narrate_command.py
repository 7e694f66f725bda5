"""`manage.py narrate`: make and check the narration of books."""

import json

import pytest
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command

from sessions.models import Book, Page
from sessions.words import split
from tutoring.models import Narration
from tutoring.narration import service

OWL = ["“Who?” asked the owl.", "Nobody answered.\n\nIt was late."]
HEN = ["The hen woke at 5."]


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    """Where this test's audio goes."""
    settings.MEDIA_ROOT = tmp_path / "media"


def make_book(title: str, pages: list[str]) -> Book:
    words = [len(split(text)) for text in pages]
    book = Book.objects.create(title=title, content_hash=title, word_count=sum(words), page_count=len(pages))
    for number, text in enumerate(pages, 1):
        Page.objects.create(
            book=book,
            number=number,
            text=text,
            first_word=sum(words[: number - 1]),
            word_count=words[number - 1],
        )
    return book


@pytest.fixture
def owl(db) -> Book:
    """A book of two pages."""
    return make_book("The Owl", OWL)


@pytest.fixture
def hen(db) -> Book:
    """A book of one page, whose title is a number."""
    return make_book("1984", HEN)


@pytest.fixture
def narrate(capsys):
    """Run the command; return its JSON, or the error's line with its JSON and stderr."""

    def run(*arguments):
        try:
            call_command("narrate", *arguments, "--json")
            failure = None
        except CommandError as error:
            failure = str(error)
        output = capsys.readouterr()
        result = json.loads(output.out) if output.out else {}
        return {**result, "failure": failure, "lines": output.err.splitlines()}

    return run


def test_every_page_is_narrated_and_then_there(owl, hen, narrate):
    result = narrate("--all")
    assert (result["pages"], result["made"], result["problems"], result["failure"]) == (3, 3, [], None)
    assert 2 <= result["audioSeconds"] <= 12
    assert Narration.objects.count() == 3
    assert narrate("--all", "--check")["failure"] is None


def test_a_stopped_run_goes_on_where_it_was(owl, hen, narrate):
    service.voice(OWL[0], "en")
    result = narrate("--all")
    assert (result["pages"], result["made"]) == (3, 2)
    assert narrate("--all")["made"] == 0


def test_a_page_whose_file_was_lost_is_narrated_again(owl, narrate):
    narrate("--all")
    default_storage.delete(Narration.objects.first().audio.name)
    assert narrate("--all")["made"] == 1
    assert narrate("--all", "--check")["problems"] == []


def test_books_are_named_by_title_in_any_case_or_by_number(owl, hen, narrate):
    assert narrate("the owl")["made"] == 2
    assert narrate(str(owl.pk))["pages"] == 2
    assert narrate("1984", "the owl")["pages"] == 3


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["The Oul"], "There is no book 'The Oul'. Did you mean 'The Owl'?"),
        (["Zebras"], "There is no book 'Zebras'. The admin lists them all: /admin/reading/book/."),
        (["9" * 30], f"There is no book '{'9' * 30}'. The admin lists them all: /admin/reading/book/."),
        ([], "Name one or more books, or say --all."),
        (["The Owl", "--all"], "Name one or more books, or say --all."),
    ],
)
def test_a_wrong_name_is_one_clear_line(owl, narrate, arguments, line):
    assert narrate(*arguments)["failure"] == line
    assert not Narration.objects.exists()


def test_a_book_without_a_voice_does_not_stop_the_others(owl, hen, narrate):
    Book.objects.filter(pk=owl.pk).update(language="xx")
    result = narrate("--all")
    assert result["made"] == 1
    assert result["lines"] == [
        "The Owl, page 1: espeak-ng has no voice for the language 'xx'",
        "The Owl, page 2: espeak-ng has no voice for the language 'xx'",
    ]
    assert result["failure"] == "2 of 3 pages have a problem."


def test_check_finds_every_kind_of_damage_and_mends_nothing(owl, hen, narrate):
    narrate("--all")
    first, second, third = (Narration.objects.get(key=service.key_for(text, "en")) for text in [*OWL, *HEN])
    default_storage.delete(first.audio.name)
    Narration.objects.filter(key=second.key).update(word_times=second.word_times[1:])
    Narration.objects.filter(key=third.key).update(duration_ms=third.duration_ms + 1)
    result = narrate("--all", "--check")
    assert (
        result["problems"]
        == result["lines"]
        == [
            f"The Owl, page 1: has no audio file narration/{first.key}.mp3",
            "The Owl, page 2: 4 word times for 5 words",
            f"1984, page 1: plays {third.duration_ms} ms, not {third.duration_ms + 1}",
        ]
    )
    assert result["failure"] == "3 of 3 pages have a problem. Run narrate --again for those books."
    third.delete()
    default_storage.open(second.audio.name, "wb").write(b"garbage")
    assert narrate("--all", "--check")["problems"][1:] == [
        "The Owl, page 2: not an audio file (7 bytes)",
        "1984, page 1: has no narration",
    ]
    assert narrate("--all", "--again")["made"] == 3
    assert narrate("--all", "--check")["failure"] is None


def test_without_json_one_line_sums_up(owl, capsys):
    call_command("narrate", "--all")
    output = capsys.readouterr()
    assert output.out.startswith("2 pages, 2 newly narrated, ")
    assert output.err == ""
