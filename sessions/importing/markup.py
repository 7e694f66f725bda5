"""XHTML to chapters of clean paragraphs: what is read aloud stays, everything else is left out. Pure."""

import codecs
import re
from collections.abc import Mapping
from html.entities import html5

from lxml import etree

from sessions.importing.content import one_line, paragraphs_to_text
from sessions.importing.errors import Refused
from sessions.paging import Chapter

EPUB_TYPE = "{http://www.idpf.org/2007/ops}type"

# What a book has around its story, as EPUB (epub:type, guide, landmarks) and ARIA (doc-...) call it.
NOT_STORY = {
    "acknowledgements", "acknowledgments", "backcover", "bibliography", "colophon", "contributors",
    "copyright-page", "cover", "credit", "credits", "dedication", "errata", "frontcover", "halftitle",
    "halftitle-page", "halftitlepage", "imprimatur", "imprint", "index", "landmarks", "loa", "loi", "lot",
    "lov", "other-credits", "page-list", "pagelist", "revision-history", "seriespage", "title-page",
    "titlepage", "toc", "toc-brief", "annoref", "annotation", "backlink", "endnote", "endnotes", "footnote",
    "footnotes", "note", "noteref", "notes", "pagebreak", "rearnote", "rearnotes",
}  # fmt: skip
_NOT_STORY_CLASSES = {
    "footnote", "footnotes", "endnotes", "noteref", "fnanchor", "footnote-ref", "footnote-back",
    "footnote-reference", "pagenum", "pageno", "pg-boilerplate",
}  # fmt: skip
_LEFT_OUT = {
    "audio", "button", "canvas", "embed", "figure", "form", "head", "iframe", "img", "input", "map", "math",
    "nav", "noscript", "object", "rp", "rt", "rtc", "script", "select", "style", "svg", "template",
    "textarea", "video",
}  # fmt: skip
_HEADINGS = {"h1", "h2", "h3"}
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "center", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "footer", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hgroup", "hr",
    "html", "li", "main", "ol", "p", "pre", "section", "summary", "table", "tbody", "td", "tfoot", "th",
    "thead", "tr", "ul",
}  # fmt: skip
_NOTE_MARK = re.compile(r"[\[(]?(?:\d{1,3}|[*†‡§]{1,3}|[a-z])[\])]?\Z")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_EMPTY_LINE = re.compile(r"\n\s*\n")
_DECLARED = re.compile(
    rb"""<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']|charset\s*=\s*["']?([\w.:-]{1,40})"""
)
_NAMED_CHARACTER = re.compile(rb"&([A-Za-z][A-Za-z0-9]{0,31});")
_DEFINITIONS = re.compile(rb"<!DOCTYPE[^>\[]*\[.*?\]\s*>", re.DOTALL)
_XML_NAMES = {b"amp", b"lt", b"gt", b"quot", b"apos"}


def parse_xml(data: bytes) -> etree._Element:
    """Parse XML that nobody vouches for: no entities, no network. Raises etree.XMLSyntaxError."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    return etree.fromstring(data, parser)


def parse_document(data: bytes, name: str) -> etree._Element:
    """Parse an XHTML document, as XML or, where it is broken, as a browser would."""
    # XML without a DTD knows five named characters, and nothing here may define more.
    data = _NAMED_CHARACTER.sub(_numbered, _DEFINITIONS.sub(b"", data, count=1))
    try:
        return parse_xml(data)
    except (etree.XMLSyntaxError, ValueError, LookupError):
        text = _decoded(data, name)
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(text.encode(), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    return etree.Element("html") if root is None else root


def _numbered(match: re.Match[bytes]) -> bytes:
    """Return `&nbsp;` as `&#160;`, and a document's own entities as nothing."""
    if match[1] in _XML_NAMES:
        return match[0]
    characters = html5.get(match[1].decode() + ";", "")
    return "".join(f"&#{ord(character)};" for character in characters).encode()


def _decoded(data: bytes, name: str) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16"
    else:
        declared = _DECLARED.search(data[:1024])
        encoding = (declared[1] or declared[2]).decode() if declared else "utf-8-sig"
    try:
        return data.decode(encoding).replace("\x00", "").encode("utf-8", "replace").decode()
    except UnicodeDecodeError as error:
        raise Refused(f"{name} is not {encoding} text: bad byte at position {error.start}") from None
    except (LookupError, UnicodeError, AttributeError):
        raise Refused(f"{name} declares {encoding!r}, which is no encoding of text") from None


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace, in lower case; "" for comments and the like.

    Not by etree.QName: that refuses the names it finds in broken documents.
    """
    return element.tag.rpartition("}")[2].rpartition(":")[2].lower() if isinstance(element.tag, str) else ""


def types(element: etree._Element) -> set[str]:
    """Return what an element says it is: its epub:type and role, without ARIA's `doc-`."""
    said = f"{element.get(EPUB_TYPE) or element.get('epub:type') or ''} {element.get('role') or ''}"
    return {word.removeprefix("doc-") for word in said.lower().split()}


def inner_text(element: etree._Element) -> str:
    """Return all the text inside an element as one line."""
    return one_line("".join(element.itertext()))


def read_chapters(root: etree._Element, titles: Mapping[str, str] | None = None) -> list[Chapter]:
    """Return a document's text in chapters, some perhaps empty.

    `titles` gives, for the id of an element, the title the table of contents has for it; "" is the
    document itself. Other chapters are titled by their headings. The first chapter's title is ""
    where neither is given: such text goes on from the document before.
    """
    reader = _Reader(titles or {})
    reader.read(root)
    return [Chapter(title, paragraphs_to_text(paragraphs)) for title, paragraphs in reader.chapters]


def _is_left_out(element: etree._Element) -> bool:
    name = local_name(element)
    if not name or name in _LEFT_OUT or element.get("hidden") is not None:
        return True
    if types(element) & NOT_STORY or not _NOT_STORY_CLASSES.isdisjoint((element.get("class") or "").split()):
        return True
    return name == "a" and "#" in (element.get("href") or "") and _is_note_mark(element)


def _is_note_mark(link: etree._Element) -> bool:
    """Tell a footnote's number (raised, bracketed or glued to a word) from a link in the text."""
    text = inner_text(link)
    if not _NOTE_MARK.match(text):
        return False
    parent = link.getparent()
    raised = (parent is not None and local_name(parent) == "sup") or any(
        local_name(child) == "sup" for child in link
    )
    return raised or not text[0].isalnum() or _is_glued(link)


def _is_glued(element: etree._Element) -> bool:
    """Tell whether text ends right before an element, without a space."""
    previous, parent = element.getprevious(), element.getparent()
    before = previous.tail if previous is not None else parent.text if parent is not None else None
    return bool(before) and not before[-1].isspace()


class _Reader:
    """Walks a document once and collects its chapters: (title, paragraphs)."""

    def __init__(self, titles: Mapping[str, str]) -> None:
        self._titles = titles
        self._title_is_given = "" in titles
        self._line: list[str] = []
        self._preformatted = 0
        self.chapters: list[tuple[str, list[str]]] = [(titles.get("", ""), [])]

    def read(self, root: etree._Element) -> None:
        """Walk without recursion: how deep a stranger's document nests is the stranger's choice."""
        waiting = [(root, False)]
        while waiting:
            element, was_entered = waiting.pop()
            if was_entered:
                self._leave(local_name(element))
            elif not _is_left_out(element):
                self._enter(element)
                waiting.append((element, True))
                waiting += [(child, False) for child in reversed(element)]
                continue
            elif local_name(element) in _BLOCKS:
                self._end_paragraph()
            self._add(element.tail)
        self._end_paragraph()

    def _enter(self, element: etree._Element) -> None:
        name = local_name(element)
        if name in _BLOCKS:
            self._end_paragraph()
        elif name == "br":
            self._line.append("\n")
        if name == "pre":
            self._preformatted += 1
        title = self._titles.get(element.get("id") or element.get("name") or "") if element.attrib else None
        if title is not None and (element.get("id") or element.get("name")):
            self._end_paragraph()
            self._begin_chapter(title)
            self._title_is_given = True
        self._add(element.text)

    def _leave(self, name: str) -> None:
        if name == "pre":
            self._preformatted -= 1
        if name in _HEADINGS:
            self._end_heading()
        elif name in _BLOCKS:
            self._end_paragraph()

    def _add(self, text: str | None) -> None:
        if text:
            self._line.append(text if self._preformatted else _SPACE.sub(" ", text))

    def _end_paragraph(self) -> None:
        self.chapters[-1][1].extend(_EMPTY_LINE.split("".join(self._line)))
        self._line.clear()

    def _begin_chapter(self, title: str) -> None:
        if any(paragraph.strip() for paragraph in self.chapters[-1][1]):
            self.chapters.append((title, []))
        else:
            self.chapters[-1] = (title, [])

    def _end_heading(self) -> None:
        heading = one_line("".join(self._line))
        self._line.clear()
        title, paragraphs = self.chapters[-1]
        begins = not any(paragraph.strip() for paragraph in paragraphs)
        if not heading or (begins and self._title_is_given):
            return
        self._begin_chapter(f"{title}: {heading}" if begins and title else heading)
        self._title_is_given = False
