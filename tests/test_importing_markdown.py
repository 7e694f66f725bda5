"""Markdown: front matter, chapters, glossary and a cover that is only a picture."""

import pytest

from sessions.importing import markdown, svg
from sessions.importing.errors import Refused

STORY = """---
title: "The Owl: a story"
author: Mina Lund
language: en-GB
licence: CC BY 4.0
summary: An owl sits,
  and sits.
tags:
  - owls
glossary:
  moon: The bright round thing: at night.
  'owl': A bird.
---

She *sat* in [the tree](http://example.org "x").
It was <b>night</b>.

* * *

![An owl](owl.png)

## The **Moon**

He came.

- one
- two
"""


def test_a_story_with_front_matter_becomes_a_book():
    book = markdown.read(STORY.encode(), "file-name", "<svg/>")
    assert (book.title, book.author, book.language) == ("The Owl: a story", "Mina Lund", "en-GB")
    assert (book.licence, book.summary, book.cover_svg) == ("CC BY 4.0", "An owl sits, and sits.", "<svg/>")
    assert book.glossary == {"moon": "The bright round thing: at night.", "owl": "A bird."}
    assert [tuple(chapter) for chapter in book.chapters] == [
        ("", "She sat in the tree. It was night."),
        ("The Moon", "He came.\n\none\n\ntwo"),
    ]


@pytest.mark.parametrize(
    ("source", "title", "chapters"),
    [
        ("# The Owl\n\nShe sat.", "The Owl", [""]),
        ("# The Owl\n\n## One\n\nA.\n\n## Two\n\nB.", "file-name", ["The Owl: One", "Two"]),
        ("---\ntitle: The Owl\n---\n# The Owl\n\nShe sat.", "The Owl", [""]),
        ("---\n\nShe sat.", "file-name", [""]),
        ("She sat.", "file-name", [""]),
    ],
)
def test_the_title_comes_from_the_front_matter_the_heading_or_the_file(source, title, chapters):
    book = markdown.read(source.encode(), "file-name")
    assert (book.title, [chapter.title for chapter in book.chapters]) == (title, chapters)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("---\ntitle: A\n\nShe sat.", "line 4: expected 'key: value'"),
        ("---\ntitle: A\n", "no closing ---"),
        ("---\ntitle: A\nglossary:\n  moon\n---\nShe sat.", "line 4: expected '  word: explanation'"),
        ("---\ntitle: A\n---\n", "holds no text"),
        ("![only](picture.png)", "holds no text"),
        ("<script>alert(1)</script>", "holds no text"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(source, reason):
    with pytest.raises(Refused, match=reason):
        markdown.read(source.encode(), "x")


def picture(inside: str = "", attributes: str = "", before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}>{inside}</svg>'.encode()


def test_a_cover_is_kept_as_it_is_without_its_comments():
    cover = svg.read_cover(picture('<!-- art --><rect fill="url(#sky)" width="3"/><use href="#owl"/>'))
    assert cover == picture('<rect fill="url(#sky)" width="3"/><use href="#owl"/>').decode().replace(
        " >", ">"
    )


def test_inline_styles_of_a_cover_become_attributes_and_nothing_that_could_run():
    cover = svg.read_cover(picture('<rect fill="red" style="fill: #123 !important; onload: run; href:#x"/>'))
    assert '<rect fill="#123"/>' in cover


@pytest.mark.parametrize(
    "data",
    [
        picture("<script>alert(1)</script>"),
        picture(attributes='onload="alert(1)"'),
        picture('<a href="javascript:alert(1)"><rect/></a>'),
        picture('<image href="http://example.org/spy.png"/>'),
        picture('<use href="http://example.org/a.svg#x"/>'),
        picture('<use xmlns:x="http://www.w3.org/1999/xlink" x:href="data:image/svg+xml,x"/>'),
        picture('<rect fill="url( http://example.org/x)"/>'),
        picture('<rect style="background:URL(//example.org)"/>'),
        picture("<style>@import 'http://example.org'</style>"),
        picture("<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>"),
        picture('<set attributeName="href" to="javascript:alert(1)"/>'),
        picture("&e;", before='<!DOCTYPE svg [<!ENTITY e SYSTEM "file:///etc/passwd">]>'),
        b"<html/>",
        b"<svg/>",
        b"not a picture",
        b"",
        b"\xff\xfe\x00",
    ],
)
def test_a_cover_that_could_run_or_load_anything_is_refused(data):
    with pytest.raises(Refused, match="cover"):
        svg.read_cover(data)
