"""EPUBs for the tests, made file by file."""

import zipfile
from collections.abc import Iterable, Mapping
from io import BytesIO

CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>"""


def document(body: str, head: str = "", attributes: str = "") -> str:
    """An XHTML document."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<html xmlns="http://www.w3.org/1999/xhtml"'
        f' xmlns:epub="http://www.idpf.org/2007/ops"><head><title>t</title>{head}</head>'
        f"<body {attributes}>{body}</body></html>"
    )


def package(
    spine: Iterable[str],
    *,
    title: str = "The Owl",
    language: str = "en",
    metadata: str = "<dc:creator>Mina Lund</dc:creator>",
    extra_items: str = "",
    spine_attributes: str = "",
    linear_no: Iterable[str] = (),
    guide: str = "",
) -> str:
    """A package whose spine names the documents."""
    spine = list(spine)
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>' for n, name in enumerate(spine)
    )
    linear = dict.fromkeys(linear_no, ' linear="no"')
    references = "".join(f'<itemref idref="i{n}"{linear.get(name, "")}/>' for n, name in enumerate(spine))
    return f"""<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="3.0">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{title}</dc:title>
<dc:language>{language}</dc:language>{metadata}</metadata>
<manifest>{items}{extra_items}</manifest><spine {spine_attributes}>{references}</spine>{guide}</package>"""


def epub(files: Mapping[str, str | bytes], *, mimetype: str | None = "application/epub+zip") -> bytes:
    """The bytes of an archive with the container and `files`; a bare name stands in OEBPS."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype is not None:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for name, content in {"META-INF/container.xml": CONTAINER, **files}.items():
            archive.writestr(name if "/" in name else f"OEBPS/{name}", content)
    return buffer.getvalue()


def simple(*bodies: str, files: Mapping[str, str | bytes] | None = None, **about) -> bytes:
    """An EPUB of one document a body, a.xhtml, b.xhtml and so on."""
    names = [f"{chr(97 + n)}.xhtml" for n in range(len(bodies))]
    documents = {name: document(body) for name, body in zip(names, bodies, strict=True)}
    return epub({"book.opf": package(names, **about), **documents, **(files or {})})
