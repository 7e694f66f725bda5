"""EPUB 2 and 3 to a book: container -> package -> spine, in reading order, the story only."""

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import etree

from sessions import words
from sessions.importing import limits, markup
from sessions.importing.archive import Archive
from sessions.importing.content import BookContent, chapters_with_text, language_tag, one_line
from sessions.importing.errors import Refused
from sessions.importing.markup import NOT_STORY, inner_text, local_name, types
from sessions.paging import Chapter

_CONTAINER = "META-INF/container.xml"
_FONT_OBFUSCATION = {"http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC"}
_DOCUMENT_TYPES = {"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"}

# Where a book does not say what its documents are, the file's name does for short ones.
_NOT_STORY_NAMES = {
    "cover", "titlepage", "title", "toc", "nav", "contents", "copyright", "colophon", "imprint",
    "dedication", "halftitle", "credits", "acknowledgments", "acknowledgements",
}  # fmt: skip
_NOT_STORY_TITLES = _NOT_STORY_NAMES | {"table of contents", "title page", "copyright page", "half title"}
_SHORT_WORDS = 400
_LINKED_SHARE = 0.6  # of a document's letters: above it, a table of contents

_Titles = dict[str, dict[str, str]]  # document -> id in it ("" for its beginning) -> title


class _Item(NamedTuple):
    path: str  # in the archive
    media_type: str
    properties: frozenset[str]


class _Package(NamedTuple):
    root: etree._Element
    folder: str
    items: dict[str, _Item]  # by id


def read(data: bytes, name: str) -> BookContent:
    """Return the book in an EPUB; `name` is its title where the package gives none."""
    archive = Archive(data)
    _refuse_protected(archive)
    package = _package(archive)
    titles, not_story = _contents(archive, package)
    metadata = _metadata(package.root)
    title = one_line(metadata["title"][0]) if metadata["title"] else one_line(name)
    documents = [
        (item.path, markup.parse_document(archive.read(item.path), item.path))
        for item in _spine(package)
        if item.path not in not_story
    ]
    told = [(path, root) for path, root in documents if not _looks_like_front_matter(path, root)]
    chapters: list[Chapter] = []
    # A book of nothing but "front matter" is one with odd names: then all of it is the story.
    for path, root in told or documents:
        for chapter in markup.read_chapters(root, titles.get(path)):
            if not chapter.title and chapters:  # one chapter in several files
                chapters[-1] = Chapter(chapters[-1].title, f"{chapters[-1].text}\n\n{chapter.text}".strip())
            else:
                chapters.append(chapter)
    return BookContent(
        title=title,
        author=one_line(", ".join(metadata["creator"])),
        language=language_tag(metadata["language"][0] if metadata["language"] else ""),
        licence=one_line(metadata["rights"][0] if metadata["rights"] else ""),
        summary=_summary(metadata["description"]),
        chapters=chapters_with_text(
            Chapter("" if heading.casefold() == title.casefold() else heading, text)
            for heading, text in chapters
        ),
    )


def _refuse_protected(archive: Archive) -> None:
    if "META-INF/rights.xml" in archive:
        raise Refused("is protected by DRM (META-INF/rights.xml): only unprotected books can be read")
    if "META-INF/encryption.xml" not in archive:
        return
    root = _xml(archive, "META-INF/encryption.xml")
    for element in root.iter():
        if local_name(element) == "encryptionmethod" and element.get("Algorithm") not in _FONT_OBFUSCATION:
            raise Refused("is protected by DRM (META-INF/encryption.xml): only unprotected books can be read")


def _xml(archive: Archive, name: str) -> etree._Element:
    try:
        return markup.parse_xml(archive.read(name))
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        raise Refused(f"{name} in the archive is not well-formed XML: {one_line(str(error), 200)}") from None


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element.iter() if local_name(child) == name)


def _package(archive: Archive) -> _Package:
    if _CONTAINER not in archive:
        raise Refused(f"is not an EPUB: it has no {_CONTAINER}")
    paths = [element.get("full-path") for element in _children(_xml(archive, _CONTAINER), "rootfile")]
    path = next((path for path in paths if path), None)
    if path is None:
        raise Refused(f"is not an intact EPUB: {_CONTAINER} names no package")
    root = _xml(archive, path)
    folder = posixpath.dirname(path)
    items = {
        item.get("id") or "": _Item(
            _resolved(folder, item.get("href") or "")[0],
            (item.get("media-type") or "").lower(),
            frozenset((item.get("properties") or "").split()),
        )
        for item in _children(root, "item")
    }
    return _Package(root, folder, items)


def _resolved(folder: str, href: str) -> tuple[str, str]:
    """Return a link as (path in the archive, id in that document)."""
    try:
        parts = urlsplit(href.strip())
    except ValueError:
        return "", ""
    if parts.scheme or parts.netloc or not parts.path:
        return "", unquote(parts.fragment)
    return posixpath.normpath(posixpath.join(folder, unquote(parts.path))), unquote(parts.fragment)


def _spine(package: _Package) -> Iterator[_Item]:
    """Yield the documents in reading order, without those that are no part of it."""
    seen = set()
    references = [
        reference for spine in _children(package.root, "spine") for reference in _children(spine, "itemref")
    ]
    if not references:
        raise Refused("is not an intact EPUB: its package has no spine")
    for reference in references:
        if (reference.get("linear") or "").lower() == "no":
            continue
        name = reference.get("idref") or ""
        item = package.items.get(name)
        if item is None:
            raise Refused(
                f"is not an intact EPUB: its spine names {ascii(name[:100])}, which the manifest lacks"
            )
        if item.media_type in _DOCUMENT_TYPES and "nav" not in item.properties and item.path not in seen:
            seen.add(item.path)
            yield item


def _metadata(root: etree._Element) -> dict[str, list[str]]:
    """Return the package's statements by name; of its creators only the authors where roles are given."""
    found: dict[str, list[str]] = defaultdict(list)
    roles = {
        (element.get("refines") or "").removeprefix("#"): inner_text(element)
        for element in _children(root, "meta")
        if element.get("property") == "role"
    }
    for block in _children(root, "metadata"):
        for element in block.iter():
            name, text = local_name(element), inner_text(element) if isinstance(element.tag, str) else ""
            role = (
                element.get("{http://www.idpf.org/2007/opf}role")
                or roles.get(element.get("id") or "")
                or "aut"
            )
            if text and (name != "creator" or role == "aut"):
                found[name].append(text)
    return found


def _summary(descriptions: list[str]) -> str:
    if not descriptions:
        return ""
    # Shops put HTML there, as text.
    root = markup.parse_document(f"<div>{descriptions[0]}</div>".encode(), "the description")
    return one_line(inner_text(root), limits.MAX_SUMMARY_CHARACTERS)


def _contents(archive: Archive, package: _Package) -> tuple[_Titles, set[str]]:
    """Return the titles of the table of contents, and the documents that the book says are not its story.

    What points into a document says nothing about the whole of it.
    """
    titles: _Titles = defaultdict(dict)
    not_story: set[str] = set()
    for reference in _children(package.root, "reference"):
        if (reference.get("type") or "").lower() in NOT_STORY:
            path, fragment = _resolved(package.folder, reference.get("href") or "")
            not_story |= {path} if not fragment else set()
    nav = next((item for item in package.items.values() if "nav" in item.properties), None)
    ncx = next(
        (item for item in package.items.values() if item.media_type == "application/x-dtbncx+xml"), None
    )
    if nav and nav.path in archive:
        root, folder = markup.parse_document(archive.read(nav.path), nav.path), posixpath.dirname(nav.path)
        for block in _children(root, "nav"):
            for link in _children(block, "a"):
                path, fragment = _resolved(folder, link.get("href") or "")
                if "landmarks" in types(block):
                    not_story |= {path} if types(link) & NOT_STORY and not fragment else set()
                elif "toc" in types(block) and inner_text(link):
                    titles[path].setdefault(fragment, inner_text(link))
    elif ncx and ncx.path in archive:
        root, folder = markup.parse_document(archive.read(ncx.path), ncx.path), posixpath.dirname(ncx.path)
        for point in _children(root, "navpoint"):
            label = next((inner_text(text) for text in _children(point, "text")), "")
            target = next((content.get("src") or "" for content in _children(point, "content")), "")
            path, fragment = _resolved(folder, target)
            if label:
                titles[path].setdefault(fragment, label)
    return titles, not_story


def _looks_like_front_matter(path: str, root: etree._Element) -> bool:
    """Tell a short document by its file's name or heading, and a table of contents by its links."""
    text = "".join(root.itertext())
    letters = len("".join(text.split()))
    if not letters:
        return False
    linked = sum(len("".join(inner_text(link).split())) for link in _children(root, "a") if link.get("href"))
    if linked > _LINKED_SHARE * letters:
        return True
    if len(words.split(text)) > _SHORT_WORDS:
        return False
    stem = posixpath.splitext(posixpath.basename(path))[0].lower()
    if not _NOT_STORY_NAMES.isdisjoint(re.split(r"[^a-z]+", stem)):
        return True
    heading = next(
        (inner_text(element) for element in root.iter() if local_name(element) in {"h1", "h2"}), ""
    )
    return heading.casefold() in _NOT_STORY_TITLES
