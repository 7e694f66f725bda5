"""The sentences of a page that its teller tells: whole, plain, and not what somebody says. Pure."""

import re

from tutoring.sentences import cut

_PARAGRAPH = re.compile(r"\n\s*\n")
# One that is not closed goes on to the paragraph's end, as where a speech has several paragraphs.
_QUOTATION = re.compile(r"“[^”]*(?:”|$)|\"[^\"]*(?:\"|$)|„[^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|»[^«]*(?:«|$)|[”“]")
# Quotations that cannot be told from apostrophes or from plain dashes: nothing beside them is used.
_DOUBTFUL = re.compile(r"^\s*[—–―-]|‘|(?:^|\s)['’]\w|[,.!?]['’](?:\s|$)")
_PLAIN = re.compile(r"[^\W\d_](?:[\w\s,]|(?<=\w)[-'’.](?=[\w\s]))*[.!]")


def told(text: str) -> list[str]:
    """Return the plain sentences of a page's text in order, each on one line with its end mark."""
    sentences = []
    for paragraph in _PARAGRAPH.split(text):
        if _DOUBTFUL.search(paragraph):
            continue
        line = " ".join(paragraph.split())
        quotations = [found.span() for found in _QUOTATION.finditer(line)]
        end = 0
        for piece in cut([line]):
            start, end = end, end + len(piece)
            sentence = piece.strip()
            spoken = any(first < end and start < last for first, last in quotations)
            if not spoken and sentence[:1].isupper() and _PLAIN.fullmatch(sentence):
                sentences.append(sentence)
    return sentences
