"""Plain text to a book: decoding, and paragraphs out of hard-wrapped lines. Pure."""

import codecs
import re

from sessions.importing.content import (
    BookContent,
    chapters_with_text,
    check_length,
    clean,
    language_tag,
    one_line,
    paragraphs_to_text,
)
from sessions.importing.errors import Refused
from sessions.paging import Chapter

_LONGEST_TITLE = 120
_LONGEST_HEADING = 80
_LONG_LINE = 120  # nobody wraps wider, so a longer line is a whole paragraph

_BLANK_LINES = re.compile(r"\n\s*\n")
_INDENT = re.compile(r"\n(?=[ \t]{2,}\S)")
_BYLINE = re.compile(r"by[ :]\s*(\S.{0,100})\Z", re.IGNORECASE)
_CHAPTER = re.compile(
    r"(?:chapter|part|book|chapitre|kapitel|cap[ií]tulo|capitolo)\s+(?:[ivxlcdm]+|\d+|[^\W\d_]{3,12})\b",
    re.IGNORECASE,
)
# Project Gutenberg's frame, emphasis and picture marks.
_FRAME_START = re.compile(r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG.*$", re.MULTILINE)
_FRAME_END = re.compile(r"^\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG.*", re.MULTILINE | re.DOTALL)
_FIELD = re.compile(r"^(Title|Author|Language): *(\S.*)$", re.MULTILINE)
_EMPHASIS = re.compile(r"(?<!\w)_([^_]{1,500})_(?!\w)")
_PICTURE = re.compile(r"\[Illustration[^\]]{0,1000}\]")


def decode(data: bytes) -> str:
    """Return the text of a UTF-8 file, or a UTF-16 one with its mark; refuse the rest, saying where."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise Refused("is UTF-32 text (mark at byte 0): save it as UTF-8")
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        position = error.start + (3 if data.startswith(codecs.BOM_UTF8) else 0)
        name = "UTF-8" if encoding == "utf-8-sig" else "UTF-16"
        raise Refused(
            f"is not {name} text: byte 0x{data[position]:02x} at position {position}. Save it as UTF-8"
        ) from None
    if "\x00" in text:
        raise Refused(f"is not a text file: NUL at position {data.index(0)}. Save it as UTF-8")
    check_length(len(text))
    return text


def read(data: bytes, name: str) -> BookContent:
    """Return the book in a text file; `name` is its title where the text itself gives none."""
    text = decode(data).replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    fields: dict[str, str] = {}
    if frame := _FRAME_START.search(text):
        fields = dict(_FIELD.findall(text[: frame.start()]))
        text = _FRAME_END.sub("", text[frame.end() :])
    text = _EMPHASIS.sub(r"\1", _PICTURE.sub("", text))
    paragraphs = _paragraphs(text)

    title, author = fields.get("Title", ""), fields.get("Author", "")
    if (
        len(paragraphs) > 1
        and _is_title(paragraphs[0])
        and (not title or paragraphs[0].lower() == title.lower())
    ):
        title = paragraphs.pop(0)
        if len(paragraphs) > 1 and (byline := _BYLINE.match(paragraphs[0])):
            author = author or byline[1]
            paragraphs.pop(0)
    return BookContent(
        title=one_line(title) or one_line(name),
        author=one_line(author),
        language=_language(fields.get("Language", "")),
        chapters=chapters_with_text(_chapters(paragraphs)),
    )


def _is_title(paragraph: str) -> bool:
    return (
        "\n" not in paragraph
        and len(paragraph) <= _LONGEST_TITLE
        and not paragraph.endswith((".", ",", ";", ":", "”", '"'))
        and not _CHAPTER.match(paragraph)
    )


def _language(name: str) -> str:
    """Return the tag for a language as Project Gutenberg names it."""
    names = {
        "english": "en",
        "french": "fr",
        "german": "de",
        "spanish": "es",
        "italian": "it",
        "portuguese": "pt",
    }
    return names.get(name.strip().lower(), language_tag(name))


def _chapters(paragraphs: list[str]) -> list[Chapter]:
    parts: list[tuple[str, list[str]]] = [("", [])]
    for paragraph in paragraphs:
        if len(paragraph) <= _LONGEST_HEADING and "\n" not in paragraph and _CHAPTER.match(paragraph):
            parts.append((paragraph, []))
        else:
            parts[-1][1].append(paragraph)
    return [Chapter(title, paragraphs_to_text(texts)) for title, texts in parts]


def _paragraphs(text: str) -> list[str]:
    """Return the paragraphs, wrapped lines joined; lines of verse keep their ends."""
    text = text.strip("\n")
    blocks = _BLANK_LINES.split(text)
    if len(blocks) == 1:  # no blank lines: a paragraph a line, or an indent a paragraph
        has_long_lines = any(len(line) > _LONG_LINE for line in text.split("\n"))
        blocks = text.split("\n") if has_long_lines else _INDENT.split(text)
    lines = [[line for line in clean(block).split("\n") if line.strip()] for block in blocks]
    # What the file was wrapped at: of the lines that go on, nearly the longest.
    lengths = sorted(len(line.strip()) for block in lines for line in block[:-1] if len(line) <= _LONG_LINE)
    width = lengths[int(len(lengths) * 0.95)] if lengths else 0
    return [_unwrapped([line.strip() for line in block], width) for block in lines if block]


def _unwrapped(lines: list[str], width: int) -> str:
    """Join lines, except where the next word would easily have fitted: that end was meant."""
    text = lines[0]
    for line, following in zip(lines, lines[1:], strict=False):
        next_word = following.split(" ", 1)[0]
        if len(line) + 1 + len(next_word) <= 0.8 * width or width < 40:
            text += "\n"
        elif not line.endswith(("-", "—")):
            text += " "
        text += following
    return text
