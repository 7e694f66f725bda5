"""Plain text: decoded, unwrapped, with its title."""

import pytest

from sessions.importing import plain
from sessions.importing.errors import Refused


def texts(text: str) -> list[str]:
    return [chapter.text for chapter in plain.read(text.encode(), "file-name").chapters]


def test_the_first_line_is_the_title_and_the_second_may_name_the_author():
    book = plain.read(b"The Owl\n\nby Mina Lund\n\nShe sat.\n\nHe came.\n", "file-name")
    assert (book.title, book.author) == ("The Owl", "Mina Lund")
    assert [chapter.text for chapter in book.chapters] == ["She sat.\n\nHe came."]


def test_a_text_without_a_title_is_called_like_its_file():
    book = plain.read(b"She sat in the tree.\n\nHe came.", "file-name")
    assert (book.title, book.chapters[0].text) == ("file-name", "She sat in the tree.\n\nHe came.")
    assert plain.read(b"Owl", "file-name").chapters[0].text == "Owl"


def test_hard_wrapped_lines_become_paragraphs_and_verse_stays():
    prose = (
        "Once upon a time there was an owl who lived in an old tree at the edge of\n"
        "the wood, and every night she looked at the moon and thought that it was a-\n"
        "shining only for her.\n\n"
        "    Owl, owl, in the tree,\n    what do you see?\n    Only me.\n"
    )
    assert texts("The Owl\n\n" + prose) == [
        "Once upon a time there was an owl who lived in an old tree at the edge of the wood,"
        " and every night she looked at the moon and thought that it was a-shining only for her.\n\n"
        "Owl, owl, in the tree,\nwhat do you see?\nOnly me."
    ]


def test_a_paragraph_a_line_and_an_indent_a_paragraph_are_understood():
    long = "The old owl looked down from her tree and said nothing at all for a very long time. " * 2
    assert texts(f"{long}\nThen she spoke.") == [f"{long.strip()}\n\nThen she spoke."]
    assert texts("    She sat.\n    He came.") == ["She sat.\n\nHe came."]


def test_chapters_are_told_by_their_lines():
    book = plain.read(
        b"The Owl\n\nChapter I\n\nShe sat.\n\nCHAPTER 2: The Storm\n\nIt rained.\n\n* * *\n\nEnd.", "x"
    )
    assert [tuple(chapter) for chapter in book.chapters] == [
        ("Chapter I", "She sat."),
        ("CHAPTER 2: The Storm", "It rained.\n\nEnd."),
    ]


def test_the_frame_of_a_project_gutenberg_text_is_left_out():
    text = (
        "The Project Gutenberg eBook of The Owl\n\n"
        "Title: The Owl\n\nAuthor: Mina Lund\n\nLanguage: French\n\n"
        "*** START OF THE PROJECT GUTENBERG EBOOK THE OWL ***\n\nTHE OWL\n\n[Illustration: An owl]\n\n"
        "Elle _restait_ snake_case.\n\n*** END OF THE PROJECT GUTENBERG EBOOK THE OWL ***\n\nLicence\n"
    )
    book = plain.read(text.encode(), "x")
    assert (book.title, book.author, book.language) == ("THE OWL", "Mina Lund", "fr")
    assert book.chapters[0].text == "Elle restait snake_case."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_utf_8_and_marked_utf_16_are_read(encoding):
    mark = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(encoding, b"")
    assert plain.decode(mark + "Café 🦉\r\nשלום".encode(encoding)) == "Café 🦉\r\nשלום"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ("Un café".encode("latin-1"), "is not UTF-8 text: byte 0xe9 at position 6"),
        (b"\xef\xbb\xbfCaf\xe9", "byte 0xe9 at position 6"),
        (b"\xff\xfeo\x00\x00\xd8", "is not UTF-16 text: byte 0x00 at position 4"),
        ("owl".encode("utf-16-le"), "NUL at position 1"),
        ("owl".encode("utf-32"), "UTF-32"),
        (b"\xff\xfe\x00", "not UTF-16 text"),
        (b" \n\n", "holds no text to read"),
        (b"---\n\n***", "holds no text to read"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(data, reason):
    with pytest.raises(Refused, match=reason):
        plain.read(data, "x")
