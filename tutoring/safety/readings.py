"""How a text can be read: as it stands, and behind the disguises in which words are hidden. Pure.

Every step is linear in the text's length, and only the first LONGEST characters are read.
"""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

LONGEST = 4_000  # characters; a question has 500, a sentence of an answer 2,000 at most
_LAYERS = 12  # texts within texts that are looked at

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164"
    "\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]+"
)
_ACCENTS = re.compile("[\u0300-\u036f]+")
_BETWEEN_WORDS = re.compile(r"[\W_]+")
# What looks like a Latin letter and is none, or is one with a stroke.
_LOOK_ALIKES = str.maketrans(
    "авекмнорстухіјѕԁԛԝһӏɡıłøđħαβεηικνορτυχωᴀʙᴄᴅᴇɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ",
    "abekmhopctyxijsdqwhlgilodhabenikvoptuxwabcdeghijklmnoprstuvwyz",
)
_SIGNS = "013457@$!|+"
_SIGNS_FOR_LETTERS = tuple(str.maketrans(_SIGNS, f"o{one}eastas{one}lt") for one in "il")
_SPELLED = re.compile(r"(?<!\S)\S(?: \S(?!\S)){2,}")
_REPEATED = re.compile(r"([^\W\d_])\1{2,}")

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")
_HEXADECIMAL = re.compile(r"[0-9A-Fa-f]{2}(?:[\s:]?[0-9A-Fa-f]{2}){7,}")
_BINARY = re.compile(r"[01]{8}(?:\s?[01]{8}){3,}")
_ESCAPED = re.compile(r"\\(?:u|x)([0-9A-Fa-f]{2}(?:[0-9A-Fa-f]{2})?)")


def words(text: str) -> str:
    """Return a text's words in lower case with one space between: no accents, marks or look-alikes."""
    if text.isascii():
        text = text.lower()
    else:
        text = INVISIBLE.sub("", unicodedata.normalize("NFKD", text).casefold())
        text = _ACCENTS.sub("", text).translate(_LOOK_ALIKES)
    return _BETWEEN_WORDS.sub(" ", text).strip()


def readings(text: str) -> list[str]:
    """Return every reading of a text, as its `words`: the plain one first, none twice."""
    found = dict.fromkeys([words(text[:LONGEST])])
    for layer in _layers(text[:LONGEST]):
        for letters in (layer, *_with_letters_for_signs(layer)):
            plain = words(letters)
            found |= dict.fromkeys([plain, spelled_out(plain)])
    for reading in filter(_REPEATED.search, list(found)):
        found |= dict.fromkeys(_REPEATED.sub(r"\1" * times, reading) for times in (1, 2))
    return [reading for reading in found if reading]


def spelled_out(text: str) -> str:
    """Return words with what stands letter by letter put together: "k i l l" is "kill"."""
    return _SPELLED.sub(lambda letters: letters[0].replace(" ", ""), text)


def encoded(text: str) -> Iterator[str]:
    """Yield the texts that stand in this one as Base64, as hexadecimal or as binary numbers."""
    for found in _BASE64.finditer(text):
        raw = found[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            yield from _text(base64.b64decode(raw + "=" * (-len(raw) % 4)))
        except binascii.Error:  # a long word
            continue
    for found in _HEXADECIMAL.finditer(text):
        yield from _text(bytes.fromhex(re.sub(r"[\s:]", "", found[0])))
    for found in _BINARY.finditer(text):
        bits = re.sub(r"\s", "", found[0])
        yield from _text(bytes(int(bits[start : start + 8], 2) for start in range(0, len(bits), 8)))


def _layers(text: str) -> list[str]:
    """Return the text and what it is when it is decoded, twice where that gives another such text."""
    layers = [text]
    for layer in layers:
        opened = [html.unescape(unquote(layer)), _ESCAPED.sub(lambda code: chr(int(code[1], 16)), layer)]
        new = [each for each in (*opened, *encoded(layer)) if each not in layers]
        layers += new[: _LAYERS - len(layers)]
    return [*layers, codecs.encode(text, "rot13"), text[::-1]]


def _text(data: bytes) -> Iterator[str]:
    """Yield what bytes say, if they say anything."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return
    if text.isprintable() and any(character.isalpha() for character in text):
        yield text


def _with_letters_for_signs(text: str) -> Iterator[str]:
    """Yield texts in which signs within words are the letters they may stand for: "k1ll" is "kill"."""
    if any(sign in text for sign in _SIGNS):
        for table in _SIGNS_FOR_LETTERS:
            yield " ".join(
                token.translate(table) if any(character.isalpha() for character in token) else token
                for token in text.split()
            )
