"""A book as every importer hands it over: clean text in chapters, and what is known about it. Pure."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sessions import words
from sessions.importing import limits
from sessions.importing.errors import Refused
from sessions.paging import Chapter

_LINE_END = re.compile(r"\r\n|[\r\v\f\x85\u2028]")
# Controls and lone surrogates: nothing to see, and PostgreSQL refuses some.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_SPACES = re.compile(r"[ \t]+")
_LANGUAGE_TAG = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")
_TWO_LETTERS = {
    "ara": "ar", "chi": "zh", "deu": "de", "dut": "nl", "eng": "en", "fas": "fa", "fra": "fr", "fre": "fr",
    "ger": "de", "heb": "he", "ita": "it", "jpn": "ja", "nld": "nl", "per": "fa", "pol": "pl", "por": "pt",
    "rus": "ru", "spa": "es", "tur": "tr", "ukr": "uk", "urd": "ur", "zho": "zh",
}  # fmt: skip


@dataclass(frozen=True)
class BookContent:
    """A book ready to be stored: at least one chapter, each with words; every text is clean."""

    title: str
    chapters: tuple[Chapter, ...]
    author: str = ""
    language: str = ""  # BCP 47; empty where the file does not say
    licence: str = ""
    summary: str = ""
    glossary: Mapping[str, str] = field(default_factory=dict)
    cover_svg: str = ""

    @property
    def content_hash(self) -> str:
        """SHA-256 of what is read: the same text is the same book, whatever is said about it."""
        digest = hashlib.sha256()
        for chapter in self.chapters:
            digest.update(f"{chapter.title}\x00{chapter.text}\x01".encode())
        return digest.hexdigest()


def clean(text: str) -> str:
    """Return text with plain line ends, single spaces and nothing unprintable."""
    text = _LINE_END.sub("\n", text).replace("\u2029", "\n\n")
    return _SPACES.sub(" ", _UNPRINTABLE.sub("", text))


def one_line(text: str, longest: int = limits.MAX_NAME_CHARACTERS) -> str:
    """Return text as one clean line, cut at `longest` characters."""
    line = " ".join(clean(text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def paragraphs_to_text(paragraphs: Iterable[str]) -> str:
    """Return the paragraphs that say something, parted by empty lines; a scene break says nothing."""
    stripped = ("\n".join(filter(None, map(str.strip, clean(text).split("\n")))) for text in paragraphs)
    return "\n\n".join(text for text in stripped if words.says_something(text))


def chapters_with_text(chapters: Iterable[Chapter]) -> tuple[Chapter, ...]:
    """Return the chapters that have words; refuse a book with none, or with too much."""
    kept = tuple(Chapter(one_line(title), text) for title, text in chapters if words.says_something(text))
    if not kept:
        raise Refused("holds no text to read")
    check_length(sum(len(chapter.text) for chapter in kept))
    return kept


def check_length(characters: int) -> None:
    """Refuse what is longer than any book."""
    if characters > limits.MAX_TEXT_CHARACTERS:
        raise Refused(f"holds more than {limits.MAX_TEXT_CHARACTERS:,} characters of text: split it")


def language_tag(text: str) -> str:
    """Return a tidy BCP 47 tag; empty where there is none to be made of the text."""
    tag = text.strip().replace("_", "-")
    if len(tag) > 35 or not _LANGUAGE_TAG.match(tag):
        return ""
    primary, dash, rest = tag.partition("-")
    primary = primary.lower()
    return _TWO_LETTERS.get(primary, primary) + dash + rest
