"""Cover art from disk: a picture and nothing else."""

import re

from lxml import etree

from sessions.importing import limits
from sessions.importing.errors import Refused

_SVG = "{http://www.w3.org/2000/svg}"
_ELEMENTS = {
    "svg", "g", "defs", "title", "desc", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon",
    "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "symbol",
    "use", "filter", "feGaussianBlur", "feOffset", "feMerge", "feMergeNode", "feColorMatrix", "feFlood",
    "feComposite", "feBlend", "feTurbulence", "feDisplacementMap", "feDropShadow", "marker",
}  # fmt: skip
_REFERENCE = re.compile(r"url\s*\(\s*['\"]?\s*(?!#)|javascript:|data:|@import|expression\s*\(", re.IGNORECASE)
# Of a `style`, what may as well be an attribute of its own.
_STYLES = {
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-linecap", "stroke-linejoin",
    "stroke-miterlimit", "stroke-dasharray", "stroke-dashoffset", "stroke-opacity", "opacity", "color",
    "display", "visibility", "transform", "stop-color", "stop-opacity", "flood-color", "flood-opacity",
    "clip-path", "clip-rule", "mask", "filter", "marker-start", "marker-mid", "marker-end", "paint-order",
    "font-family", "font-size", "font-style", "font-weight", "letter-spacing", "text-anchor",
    "dominant-baseline",
}  # fmt: skip


def read_cover(data: bytes) -> str:
    """Return the SVG as text; refuse what is not one, or could run, load or link to anything.

    Inline styles become attributes of the same name: covers are served where no inline style is allowed.
    """
    if len(data) > limits.MAX_COVER_BYTES:
        raise Refused(f"cover is larger than {limits.MAX_COVER_BYTES:,} bytes")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        load_dtd=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Refused(f"cover is not well-formed SVG: {error}") from None
    if root.tag != f"{_SVG}svg":
        raise Refused("cover is not an SVG picture")
    if root.getroottree().docinfo.doctype:
        raise Refused("cover declares a document type, which could load something: leave it out")
    for element in root.iter():
        if not isinstance(element.tag, str) or element.tag.removeprefix(_SVG) not in _ELEMENTS:
            name = etree.QName(element).localname if isinstance(element.tag, str) else "an entity"
            raise Refused(f"cover holds <{name}> (line {element.sourceline}), which a cover may not")
        for attribute, value in element.attrib.items():
            name = etree.QName(attribute).localname
            if (
                name.lower().startswith("on")
                or _REFERENCE.search(value)
                or (name == "href" and value[:1] != "#")
            ):
                raise Refused(
                    f"cover has {name}={value[:40]!r} (line {element.sourceline}), which could run or load"
                )
        _styles_as_attributes(element)
    return etree.tostring(root, encoding="unicode")


def _styles_as_attributes(element: etree._Element) -> None:
    for declaration in element.attrib.pop("style", "").split(";"):
        name, _, value = (part.strip() for part in declaration.partition(":"))
        if name in _STYLES:
            element.set(name, value.removesuffix("!important").rstrip())
