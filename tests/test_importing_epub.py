"""EPUB 2 and 3: the story in reading order, and nothing else."""

import random
import zipfile
from io import BytesIO

import pytest

from sessions.importing import epub, limits
from sessions.importing.errors import Refused
from tests.epubs import document, package, simple
from tests.epubs import epub as build

NCX = '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>'
NAV = '<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>'


def chapters(data: bytes) -> list[tuple[str, str]]:
    return [tuple(chapter) for chapter in epub.read(data, "file-name").chapters]


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as refused:
        epub.read(data, "file-name")
    return str(refused.value)


def test_epub_2_takes_its_chapters_from_the_ncx_in_spine_order():
    ncx = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>
      <navPoint><navLabel><text>The Nest</text></navLabel><content src="b.xhtml"/></navPoint>
      <navPoint><navLabel><text>The Storm</text></navLabel><content src="a.xhtml#start"/></navPoint>
    </navMap></ncx>"""
    data = build({
        "book.opf": package(["b.xhtml", "a.xhtml"], extra_items=NCX, spine_attributes='toc="ncx"'),
        "toc.ncx": ncx,
        "a.xhtml": document('<h2 id="start">II</h2><p>It rained.</p>'),
        "b.xhtml": document("<h2>I</h2><p>She sat.</p><p>She slept.</p>"),
    })  # fmt: skip
    assert chapters(data) == [("The Nest", "She sat.\n\nShe slept."), ("The Storm", "It rained.")]


def test_epub_3_takes_its_chapters_from_the_nav_and_leaves_the_nav_out():
    nav = document(
        '<nav epub:type="toc"><ol><li><a href="a.xhtml#one">One</a></li>'
        '<li><a href="a.xhtml#two">Two</a></li></ol></nav>'
        '<nav epub:type="landmarks"><a epub:type="dedication" href="d.xhtml">D</a></nav>'
    )
    body = (
        '<section id="one"><h2>Chapter 1</h2><p>She sat.</p></section>'
        '<section id="two"><p>He came.</p></section>'
    )
    data = build({
        "book.opf": package(["d.xhtml", "nav.xhtml", "a.xhtml"], extra_items=NAV),
        "nav.xhtml": nav, "a.xhtml": document(body), "d.xhtml": document("<p>For my mother, with love</p>"),
    })  # fmt: skip
    assert chapters(data) == [("One", "She sat."), ("Two", "He came.")]


def test_what_the_book_says_of_itself_is_kept():
    metadata = (
        '<dc:creator id="w">Mina Lund</dc:creator><dc:creator id="d">Ida Drew</dc:creator>'
        '<meta refines="#d" property="role">ill</meta><dc:rights>CC BY 4.0</dc:rights>'
        "<dc:description>&lt;p&gt;An &lt;b&gt;owl&lt;/b&gt; story.&lt;/p&gt;</dc:description>"
    )
    book = epub.read(simple("<p>Hoo.</p>", metadata=metadata, language="pt_BR"), "file-name")
    assert (book.title, book.author, book.licence) == ("The Owl", "Mina Lund", "CC BY 4.0")
    assert (book.language, book.summary) == ("pt-BR", "An owl story.")


def test_front_matter_is_left_out_by_its_type_its_guide_its_name_and_its_links():
    links = "".join(f'<li><a href="s.xhtml#c{n}">A long chapter title</a></li>' for n in range(5))
    guide = '<guide><reference type="title-page" href="guided.xhtml"/></guide>'
    names = [
        "typed.xhtml",
        "guided.xhtml",
        "copyright.xhtml",
        "x1.xhtml",
        "x2.xhtml",
        "hidden.xhtml",
        "s.xhtml",
    ]
    data = build({
        "book.opf": package(names, linear_no=["hidden.xhtml"], guide=guide),
        "typed.xhtml": document("<p>By nobody</p>", attributes='epub:type="titlepage"'),
        "guided.xhtml": document("<p>The Owl, by nobody</p>"),
        "copyright.xhtml": document("<p>All rights reserved</p>"),
        "x1.xhtml": document(f"<p>In this book</p><ol>{links}</ol>"),
        "x2.xhtml": document("<h1>Dedication</h1><p>For Tom</p>"),
        "hidden.xhtml": document("<p>Answers</p>"),
        "s.xhtml": document("<p>She sat.</p>"),
    })  # fmt: skip
    assert chapters(data) == [("", "She sat.")]


def test_a_book_of_oddly_named_documents_is_still_a_story():
    data = build({"book.opf": package(["cover.xhtml"]), "cover.xhtml": document("<p>She sat.</p>")})
    assert chapters(data) == [("", "She sat.")]


def test_notes_pictures_scripts_and_styles_are_left_out():
    body = (
        '<p>She sat<a epub:type="noteref" href="#n1">1</a> still<sup><a href="#n2">2</a></sup>'
        ' and<a href="#n3"><sup>3</sup></a> slept.<span class="pagenum">17</span></p>'
        '<p>Then<a href="#n4">4</a> she <a href="#n5" class="footnote-ref">5</a>flew'
        ' to <a href="#room">7</a>.</p>'
        '<p>H<sub>2</sub>O at 10<sup>2</sup> <a href="#x">and a link</a>.</p>'
        '<figure><img src="o.png" alt="An owl"/><figcaption>An owl</figcaption></figure>'
        "<svg><text>no</text></svg>"
        "<script>alert(1)</script><style>p{}</style><!-- no --><p>* * *</p><p>\u00a0</p>"
        '<aside epub:type="footnote" id="n1"><p>An owl is a bird.</p></aside>'
        '<div class="footnotes"><p>Note.</p></div><p>The end<?pi no?>.</p>'
    )
    assert chapters(simple(body)) == [
        ("", "She sat still and slept.\n\nThen she flew to 7.\n\nH2O at 102 and a link.\n\nThe end.")
    ]


def test_headings_make_chapters_and_files_without_one_go_on():
    data = simple(
        "<h1>The Owl</h1>",
        "<h2>CHAPTER I</h2><h3>The Nest</h3><p>She</p>",
        "<p>sat.</p>",
        "<h2>II</h2><p>He.</p>",
    )
    assert chapters(data) == [("CHAPTER I: The Nest", "She\n\nsat."), ("II", "He.")]


def test_verse_keeps_its_lines_and_entities_become_characters():
    assert chapters(simple("<p>Owl,&nbsp;owl,<br/>caf&eacute; &amp; tree<br/><br/>Who?</p>")) == [
        ("", "Owl,\u00a0owl,\ncafé & tree\n\nWho?")
    ]


@pytest.mark.parametrize(
    ("language", "body", "text"),
    [
        ("ar", '<p dir="rtl">جلست البومة. نامت.</p>', "جلست البومة. نامت."),
        ("he", "<p>הינשוף ישב.</p>", "הינשוף ישב."),
        (
            "ja",
            '<p style="writing-mode:vertical-rl"><ruby>梟<rt>ふくろう</rt></ruby>は<em>眠</em>った。</p>',
            "梟は眠った。",
        ),
    ],
)
def test_right_to_left_and_vertical_books_read_like_any_other(language, body, text):
    attributes = 'page-progression-direction="rtl"'
    book = epub.read(simple(body, language=language, spine_attributes=attributes), "x")
    assert (book.language, book.chapters[0].text) == (language, text)


def test_documents_in_other_encodings_and_broken_ones_are_read():
    latin = '<?xml version="1.0" encoding="iso-8859-1"?><html><body><p>Un café</p></body></html>'.encode(
        "latin-1"
    )
    broken = b"<html><body><p>She <b>sat<p>He &nope;came & went<br>Fin</body>"
    utf16 = document("<p>Sixteen</p>").replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16")
    names = ["l.xhtml", "b.xhtml", "u.xhtml"]
    data = build({"book.opf": package(names), "l.xhtml": latin, "b.xhtml": broken, "u.xhtml": utf16})
    assert chapters(data) == [("", "Un café\n\nShe sat\n\nHe came & went\nFin\n\nSixteen")]


def test_names_that_no_parser_allows_are_passed_over():
    broken = document('<a"x="1" b>She sat.</a"x="1"><svg:svg><text>no</text></svg:svg><p>He came.')
    data = build({"book.opf": package(["a.xhtml"]), "a.xhtml": broken})
    assert chapters(data) == [("", "She sat.\n\nHe came.")]


def test_a_wrong_mimetype_and_a_missing_title_are_no_obstacle():
    data = build(
        {"book.opf": package(["a.xhtml"], title=""), "a.xhtml": document("<p>Hoo.</p>")},
        mimetype="text/plain",
    )
    assert epub.read(data, "file-name").title == "file-name"


def test_a_link_to_a_file_with_other_capitals_or_an_escaped_name_is_found():
    data = build({"book.opf": package(["My%20Owl.xhtml"]), "my owl.xhtml": document("<p>Hoo.</p>")})
    assert chapters(data) == [("", "Hoo.")]


DRM = """<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container" xmlns:e="http://www.w3.org/2001/04/xmlenc#">
<e:EncryptedData><e:EncryptionMethod Algorithm="{}"/></e:EncryptedData></encryption>"""


def test_drm_is_refused_and_font_obfuscation_is_not():
    aes = {"META-INF/encryption.xml": DRM.format("http://www.w3.org/2001/04/xmlenc#aes256-cbc")}
    fonts = {"META-INF/encryption.xml": DRM.format("http://www.idpf.org/2008/embedding")}
    assert "DRM" in refusal(simple("<p>Hoo.</p>", files=aes))
    assert "DRM" in refusal(simple("<p>Hoo.</p>", files={"META-INF/rights.xml": "<rights/>"}))
    assert chapters(simple("<p>Hoo.</p>", files=fonts)) == [("", "Hoo.")]


@pytest.mark.parametrize("name", ["../evil.xhtml", "/etc/evil", "x/../../evil", "C:/evil", "a\\..\\evil"])
def test_a_path_out_of_the_archive_is_refused(name):
    assert "unsafe path" in refusal(simple("<p>Hoo.</p>", files={name: "x", "META-INF/x": ""}))


def test_a_symbolic_link_is_refused():
    buffer = BytesIO(simple("<p>Hoo.</p>"))
    with zipfile.ZipFile(buffer, "a") as archive:
        link = zipfile.ZipInfo("OEBPS/link.xhtml")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "symbolic link" in refusal(buffer.getvalue())


def test_bombs_are_refused(monkeypatch):
    assert "ZIP bomb" in refusal(simple("<p>Hoo.</p>", files={"big.css": b"\0" * 5_000_000}))
    monkeypatch.setattr(limits, "MAX_ENTRIES", 5)
    assert "more than 5" in refusal(simple("<p>Hoo.</p>", files={f"{n}.css": "" for n in range(5)}))
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 100)
    monkeypatch.setattr(limits, "MAX_ENTRIES", 100)
    assert "unpacks to more" in refusal(simple("<p>Hoo.</p>"))


def test_entities_are_neither_multiplied_nor_fetched():
    definitions = '<!ENTITY a "ha">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9)
    )
    bomb = f"<!DOCTYPE html [{definitions}<!ENTITY f SYSTEM 'file:///etc/passwd'>]>"
    page = document("<p>Hoo &j; &f; hoo.</p>").replace("<html", f"{bomb}<html", 1)
    data = build({"book.opf": package(["a.xhtml"]), "a.xhtml": page})
    assert chapters(data) == [("", "Hoo hoo.")]


def test_deep_nesting_is_read_or_refused_but_does_not_break():
    deep = "<div>" * 3_000 + "<p>Hoo.</p>" + "</div>" * 3_000
    try:
        assert "Hoo." in chapters(simple(deep))[0][1]
    except Refused as refused:
        assert str(refused)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"not a zip at all", "not an intact ZIP archive"),
        (simple("<p>Hoo.</p>")[:-200], "not an intact ZIP archive"),
        (build({"META-INF/container.xml": "<container/>"}), "names no package"),
        (build({"META-INF/container.xml": "<con"}), "not well-formed"),
        (build({}), "missing from the archive"),
        (build({"book.opf": package([])}), "no spine"),
        (build({"book.opf": package(["a.xhtml"])}), "'OEBPS/a.xhtml' is missing"),
        (build({"book.opf": package(["a.xhtml"]).replace('id="i0"', 'id="z"')}), "manifest lacks"),
        (simple('<img src="a.png"/>'), "no text to read"),
        (build({"book.opf": package(["a.xhtml"]), "a.xhtml": b"<p>caf\xe9"}), "byte at position 6"),
    ],
    ids=lambda value: value if isinstance(value, str) else "epub",  # an archive's bytes tell the time
)
def test_what_is_wrong_is_said(data, reason):
    assert reason in refusal(data)


def test_a_zip_without_a_container_is_no_epub():
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.txt", "x")
    assert "not an EPUB" in refusal(buffer.getvalue())


def test_damaged_bytes_are_refused_or_read_but_never_raise_anything_else():
    whole = simple("<h1>I</h1><p>She sat.</p>", "<p>He came &amp; went.</p>")
    chance = random.Random(20)
    outcomes = set()
    for _ in range(400):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            outcomes.add(type(epub.read(bytes(data), "x")))
        except Refused:
            outcomes.add(Refused)
    assert outcomes == {epub.BookContent, Refused}
