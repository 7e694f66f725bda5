"""`manage.py import_books`: many files, one line for each that cannot be a book."""

import json
import os

import pytest
from django.core.management import CommandError, call_command

from sessions import words
from sessions.importing import content, import_path, limits
from sessions.importing.content import BookContent
from sessions.importing.store import store_book
from sessions.models import Book, Page
from sessions.paging import Chapter
from tests.epubs import simple

pytestmark = pytest.mark.django_db

OWL = "The Owl\n\nby Mina Lund\n\nShe sat in the tree. Then she flew away.\n"
OWL_MARKDOWN = "---\ntitle: The Owl\nglossary:\n  moon: A light.\n---\nShe sat in the tree. Then she flew.\n"


@pytest.fixture
def run(capsys):
    """Run the command; returns (exit status, lines on stdout, lines on stderr)."""

    def run(*arguments) -> tuple[int, list[str], list[str]]:
        status = 0
        try:
            call_command("import_books", *(str(argument) for argument in arguments))
        except SystemExit as exit_:
            status = exit_.code
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


@pytest.fixture
def shelf(tmp_path):
    """A folder with a book of every kind, and things that are none."""
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "owl.txt").write_text(OWL)
    (tmp_path / "b" / "notes.docx").write_text("not a book")
    (tmp_path / "a.epub").write_bytes(simple("<h2>One</h2><p>She sat.</p>", title="The Nest"))
    (tmp_path / "c.md").write_text(OWL_MARKDOWN)
    (tmp_path / "c.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><rect/></svg>')
    (tmp_path / "README.md").write_text("# About this folder\n\nText.")
    (tmp_path / ".hidden.txt").write_text("Hidden text.")
    return tmp_path


def test_a_folder_is_imported_in_sorted_order_with_its_covers(run, shelf):
    status, out, err = run(shelf)
    assert (status, err) == (0, [])
    assert out == [
        "imported: The Nest (en, 2 words, 1 page, grade 0.0)",
        "imported: The Owl (en, 9 words, 1 page, grade 0.0)",
        "imported: The Owl (en, 8 words, 1 page, grade 0.0)",
    ]
    assert Book.objects.get(word_count=8).cover_svg.startswith("<svg")
    assert Page.objects.get(book__title="The Nest").chapter == "One"


def test_importing_again_changes_nothing(run, shelf):
    run(shelf)
    before = list(Page.objects.values_list("pk", "text"))
    status, out, _ = run(shelf, "--json")
    assert status == 0
    assert {result["status"] for result in json.loads("\n".join(out))} == {"already there"}
    assert list(Page.objects.values_list("pk", "text")) == before


def test_what_is_said_about_an_unchanged_text_is_updated_in_place(run, shelf):
    run(shelf)
    book = Book.objects.get(word_count=8)
    (shelf / "c.md").write_text(OWL_MARKDOWN.replace("A light.", "A bright light."))
    (shelf / "c.svg").unlink()
    _, out, _ = run(shelf / "c.md")
    assert out == ["updated: The Owl (en, 8 words, 1 page, grade 0.0)"]
    again = Book.objects.get(word_count=8)
    assert (again.pk, again.glossary, again.cover_svg) == (book.pk, {"moon": "A bright light."}, "")


def test_a_file_that_cannot_be_a_book_gets_one_line_and_the_others_are_imported(run, shelf):
    (shelf / "0.txt").write_bytes("café".encode("latin-1"))
    (shelf / "1.epub").write_bytes(b"PK\x03\x04 damaged")
    (shelf / "2.md").write_bytes(b"")
    status, out, err = run(shelf, shelf / "nowhere", shelf / "b" / "notes.docx")
    assert status == 1
    assert len(out) == Book.objects.count() == 3
    assert [line.removeprefix(f"{shelf}/").split(":")[0] for line in err] == [
        "0.txt", "1.epub", "2.md", "nowhere", "b/notes.docx",
    ]  # fmt: skip
    assert "byte 0xe9 at position 3" in err[0]


def test_json_tells_all_of_each_file(run, shelf):
    (shelf / "z.txt").write_bytes(b"\xff")
    status, out, err = run("--json", shelf)
    results = json.loads("\n".join(out))
    assert (status, len(err)) == (1, 1)
    assert [result["status"] for result in results] == ["imported", "imported", "imported", "refused"]
    assert results[0]["book"] == {
        "id": Book.objects.get(title="The Nest").pk, "title": "The Nest", "author": "Mina Lund",
        "language": "en", "level": 0.0, "words": 2, "pages": 1,
    }  # fmt: skip
    assert results[3]["book"] is None
    assert "is not UTF-8 text" in results[3]["reason"]


def test_a_file_larger_than_the_limit_is_refused(run, shelf, monkeypatch):
    monkeypatch.setattr(limits, "MAX_FILE_BYTES", 10)
    status, _, err = run(shelf / "b" / "owl.txt")
    assert status == 1
    assert "is larger than" in err[0]


def test_a_text_longer_than_the_limit_is_refused(run, shelf, monkeypatch):
    monkeypatch.setattr(limits, "MAX_TEXT_CHARACTERS", 10)
    status, out, err = run(shelf / "b" / "owl.txt", shelf / "a.epub")
    assert (status, len(out), len(err)) == (1, 1, 1)
    assert "more than 10 characters of text" in err[0]


def test_a_folder_without_books_and_an_unreadable_name_are_one_line_each(run, tmp_path):
    odd = tmp_path / "line\nbreak.txt"
    odd.write_bytes(b"\xff")
    undecodable = os.fsencode(tmp_path) + b"/caf\xe9.txt"
    with open(undecodable, "wb") as file:  # noqa: PTH123  a name that is no UTF-8
        file.write(b"\xff")
    (tmp_path / "empty").mkdir()
    status, out, err = run(tmp_path, tmp_path / "empty")
    assert (status, out, len(err)) == (1, [], 3)
    assert "holds no book" in err[2]


def test_a_school_is_found_by_its_name_or_id_and_owns_the_book(run, shelf, willow, harbour):
    run(shelf / "b", "--school", "Willow School")
    run(shelf / "b", "--school", harbour.pk)
    run(shelf / "b")
    assert [book.school for book in Book.objects.order_by("pk")] == [willow, harbour, None]


def test_an_unknown_school_is_one_line_that_names_the_schools(run, shelf, willow):
    with pytest.raises(CommandError, match=r"no school 'Wilow'. Schools: Willow School"):
        run(shelf, "--school", "Wilow")


def test_nothing_of_a_book_is_left_when_its_pages_cannot_be_stored(shelf, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the database went away")

    monkeypatch.setattr(Page.objects, "bulk_create", broken)
    with pytest.raises(RuntimeError):
        import_path(shelf / "b" / "owl.txt")
    assert not Book.objects.exists()


def test_text_that_postgresql_refuses_and_very_long_titles_are_stored():
    nasty = content.clean("Ow\x00l \ud800sat.\x0b\x85\u2028\u2029Hoo\ufeff 🦉.")
    chapters = content.chapters_with_text([Chapter("t" * 400, nasty)])
    book, _ = store_book(BookContent(title=content.one_line("o" * 900), chapters=chapters), None)
    page = book.pages.get()
    assert (len(book.title), len(page.chapter)) == (300, 300)
    assert page.text == "Owl sat.\n\n\n\n\nHoo 🦉."


def test_pages_number_the_words_through_the_whole_book(tmp_path):
    path = tmp_path / "long.txt"
    path.write_text("The Owl\n\n" + "The old owl looked down from her tree. She said nothing.\n\n" * 40)
    book = import_path(path).book
    pages = list(book.pages.order_by("number"))
    assert [page.number for page in pages] == list(range(1, book.page_count + 1))
    assert [page.first_word for page in pages] == [
        sum(p.word_count for p in pages[:n]) for n in range(len(pages))
    ]
    assert all(page.word_count == len(words.split(page.text)) for page in pages)
    assert book.word_count == 440


@pytest.mark.parametrize(
    ("given", "tag"),
    [
        ("en_GB", "en-GB"),
        ("ENG", "en"),
        ("fra-CA", "fr-CA"),
        (" pt-BR ", "pt-BR"),
        ("", ""),
        ("klingon!", ""),
    ],
)
def test_language_tags_are_tidied(given, tag):
    assert content.language_tag(given) == tag


def test_a_text_that_does_not_say_its_language_is_in_the_one_named_or_the_one_of_its_script(tmp_path, db):
    (tmp_path / "puits.txt").write_text("Le puits\n\nIl y avait un puits. Il était profond.")
    (tmp_path / "bir.txt").write_text("البئر\n\nكان يا ما كان بئر عميقة.")
    assert import_path(tmp_path / "puits.txt", language="fr").book.language == "fr"
    assert import_path(tmp_path / "bir.txt").book.language == "ar"


def test_a_language_that_is_no_tag_is_refused_in_one_line(tmp_path, db):
    with pytest.raises(CommandError, match="--language: 'le français' is no language tag"):
        call_command("import_books", str(tmp_path), language="le français")
