"""Markdown with front matter to a book.

The front matter stands between two lines of `---`: `key: value` lines, and a `glossary:` block of
indented `word: explanation` lines. Unknown keys are left alone: other tools have theirs.
"""

import re

from markdown_it import MarkdownIt

from sessions.importing import limits, markup
from sessions.importing.content import BookContent, chapters_with_text, language_tag, one_line
from sessions.importing.errors import Refused
from sessions.importing.plain import decode
from sessions.paging import Chapter

_KEY = re.compile(r"([A-Za-z_][\w-]*)\s*:(?:\s+(.*))?\Z")
_FENCE = "---"


def read(data: bytes, name: str, cover_svg: str = "") -> BookContent:
    """Return the book in a Markdown file; `name` is its title where the file itself gives none."""
    fields, glossary, body = _front_matter(decode(data))
    html = MarkdownIt("commonmark").render(body)
    chapters = markup.read_chapters(
        markup.parse_document(f"<html><body>{html}</body></html>".encode(), "the text")
    )
    title = one_line(fields.get("title", ""))
    # A heading over the whole text is the title of the book, not of its first chapter.
    if chapters and chapters[0].title and (len(chapters) == 1 or not chapters[0].text) and not title:
        title = chapters[0].title
    chapters = [Chapter("" if heading == title else heading, text) for heading, text in chapters]
    return BookContent(
        title=title or one_line(name),
        author=one_line(fields.get("author", "")),
        language=language_tag(fields.get("language", "")),
        licence=one_line(fields.get("licence", "") or fields.get("license", "")),
        summary=one_line(fields.get("summary", ""), limits.MAX_SUMMARY_CHARACTERS),
        glossary=glossary,
        cover_svg=cover_svg,
        chapters=chapters_with_text(chapters),
    )


def _front_matter(text: str) -> tuple[dict[str, str], dict[str, str], str]:
    """Return the fields, the glossary and the rest of the text."""
    lines = text.splitlines()
    if len(lines) < 2 or lines[0].strip() != _FENCE or not _KEY.match(lines[1].strip()):
        return {}, {}, text
    fields: dict[str, str] = {}
    glossary: dict[str, str] = {}
    block = ""
    for number, line in enumerate(lines[1:], start=2):
        stripped = line.strip()
        if stripped == _FENCE:
            return fields, glossary, "\n".join(lines[number:])
        if not stripped or stripped.startswith(("#", "- ")):
            continue
        if line[0] in " \t":
            if block == "glossary":
                word, colon, explanation = stripped.partition(":")
                if not colon or not word.strip() or not explanation.strip():
                    raise Refused(f"line {number}: expected '  word: explanation' in the glossary")
                glossary[one_line(_unquoted(word))] = one_line(
                    _unquoted(explanation), limits.MAX_SUMMARY_CHARACTERS
                )
            elif block in fields:  # a value may go on, indented
                fields[block] = f"{fields[block]} {stripped}".strip()
            continue
        key = _KEY.match(stripped)
        if not key:
            raise Refused(f"line {number}: expected 'key: value' in the front matter")
        block = key[1].lower()
        fields[block] = _unquoted(key[2] or "")
        if len(glossary) > limits.MAX_GLOSSARY_ENTRIES:
            raise Refused(f"line {number}: more than {limits.MAX_GLOSSARY_ENTRIES:,} words in the glossary")
    raise Refused("the front matter that begins in line 1 has no closing --- line")


def _unquoted(text: str) -> str:
    text = text.strip()
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" else text
