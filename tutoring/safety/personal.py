"""Personal data in a text: found, and taken out before the text goes anywhere. Pure.

What a child says of itself ("my name is ...", "I live in ...") is known by how it begins, in English,
German, French and Spanish; addresses of mail, web and streets and telephone numbers by their form. No text is
slow to search: every repetition is bounded or cannot be taken back.
"""

import re
import unicodedata

from tutoring.safety.categories import Category
from tutoring.safety.readings import INVISIBLE

REMOVED = "___"

_SPOKEN_DOT = r"\s(?:dot|punkt|point|punto)\s"
_DOT = rf"(?:\.|\[\.\]|\(\.\)|{_SPOKEN_DOT})"
_MAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}\s?(?:@|\(at\)|\[at\])\s?[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,63}}){{1,4}}"
    rf"|(?<![\w.+-])[\w.+-]{{1,64}}\sat\s[\w-]{{1,63}}(?:{_SPOKEN_DOT}[\w-]{{1,63}}){{1,4}}",
    re.IGNORECASE,
)
# Endings that are words as well count only where an address goes on or the word ends.
_LINK = re.compile(
    r"(?:\b(?:h(?:tt|xx)ps?|ftp|file)\s?:\s?/\s?/|\bwww\s?\.)\S*"
    r"|\b(?:javascript|mailto|data|tel)\s?:\s?[\w/+]\S*"
    rf"|(?<![\w-])(?:[\w-]{{1,63}}{_DOT}){{1,4}}"
    r"(?:com|org|net|info|biz|io|xyz|app|edu|gov|uk|eu|ru|gg|ly|dev|link|site|online|tk|(?-i:de|fr|es|ch|me|tv|at|it|nl|be|co|us))"
    r"(?![\w-])(?:[/?#:]\S*)?"
    r"|(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])",
    re.IGNORECASE,
)
_GAP = r"[\s().\/-]{0,2}"
_PHONE = re.compile(
    rf"(?<![\w.])(?:\+|00)\d(?:{_GAP}\d){{6,14}}"
    rf"|(?<![\w.])\(?0\d(?:{_GAP}\d){{5,13}}"
    r"|(?<![\w.])\(?\d{3}\)?[\s.-]{1,2}\d{3}[\s.-]\d{4}(?!\w)"
    r"|(?<![\w.-])\d{3}-\d{4}(?![\w-])"
    r"|(?<![\w.])(?!\d*000(?!\d))\d{7,20}"
)
_STREET = re.compile(
    r"\b\d{1,5}[a-z]?,?\s(?:[A-Z][\w'’-]{1,30}\s){1,3}"
    r"(?i:street|road|rd|avenue|ave|lane|drive|close|court|square|boulevard|blvd|terrace|crescent)\b"
    r"|\b[A-ZÄÖÜ][\wäöüß-]{2,30}(?i:straße|strasse|str\.|weg|gasse|platz|allee)\s?\d{1,4}[a-z]?\b"
    r"|\b[A-ZÄÖÜ][\wäöüß-]{2,30}\s(?:Straße|Strasse|Weg|Platz|Allee)\s\d{1,4}[a-z]?\b"
    r"|\b\d{1,4}(?:\s?bis|\s?ter)?,?\s(?i:rue|avenue|boulevard|chemin|allée|impasse|quai)\s(?:[\w'’-]++\s?){1,4}"
    r"|\b(?i:calle|avenida|paseo)\s(?:[\w'’-]++,?\s){1,4}(?:n[º°o.]{0,2}\s?)?\d{1,4}\b"
)

# After these comes a name; it ends where a word of _NO_NAME or a mark stands.
_BEFORE_NAME = (
    r"my (?:first |last |full |real )?name(?:['’]s| is)|i(?:['’]m| am) called|call me|"
    r"(?:mein name ist|ich hei(?:ß|ss)e|man nennt mich)|"
    r"je m['’ ]\s?appelle|mon (?:pré)?nom (?:est|c['’]est)|"
    r"me llamo|mi nombre es"
)
# After these comes where somebody lives or learns; it ends with the clause.
_BEFORE_PLACE = (
    r"i live (?:in|at|on|near)|my (?:home )?address is|my school is(?: called)?|i go to school (?:in|at)|"
    r"my (?:phone |telephone |mobile )?number is|my e-?mail(?: address)? is|my birthday is|my password is|"
    r"ich wohne (?:in|im|am|an|auf|bei)|meine (?:adresse|telefonnummer|nummer|schule|e-?mail) "
    r"(?:ist|hei(?:ß|ss)t)|"
    r"j['’ ]\s?habite(?: à| a| au| en| dans)?|mon (?:adresse|numéro|école|mail) (?:est|s['’]appelle)|"
    r"vivo en|mi (?:dirección|direccion|número|numero|teléfono|telefono|correo) es|"
    r"mi (?:escuela|colegio) (?:se llama|es)"
)
_NO_NAME = (
    "a|an|and|are|as|at|but|can|could|did|do|does|for|he|how|i|if|in|is|it|my|not|of|or|please|she|so|tell|that|the|they|"
    "this|to|was|we|what|when|where|who|why|will|with|would|you|aber|bin|das|der|die|ein|er|ich|ist|kann|sie|und|wann|warum|"
    "was|wer|wie|wo|au|c|ce|comment|et|est|il|j|je|la|le|les|mais|où|pourquoi|quand|que|qui|quoi|un|une|como|cómo|cuando|"
    "cuándo|dónde|donde|el|en|es|los|pero|por|qué|quien|quién|tengo|vivo|y|yo"
)
_PART_OF_NAME = rf"(?!(?:{_NO_NAME})(?!\w))[\w'’-]++"
_NAME = re.compile(
    rf"(?<!\w)({_BEFORE_NAME})\s*+:?\s*+{_PART_OF_NAME}(?:[ ]{_PART_OF_NAME}){{0,2}}", re.IGNORECASE
)
_PART_OF_PLACE = (
    r"(?!(?:and|but|why|what|who|when|how|where|und|aber|warum|wer|wie|wann|et|mais|pourquoi|qui|y|pero|por)(?!\w))"
    r"[\w'’@+#/-]++"
)
_PLACE = re.compile(rf"(?<!\w)({_BEFORE_PLACE})\s*+:?(?:\s*+{_PART_OF_PLACE}){{1,8}}", re.IGNORECASE)


def contact(text: str) -> Category | None:
    """Return what kind of address stands in a text: of the web, or of a person."""
    text = _visible(text)
    if _MAIL.search(text) or _PHONE.search(text) or _STREET.search(text):
        return Category.PERSONAL_DATA
    return Category.LINK if _LINK.search(text) else None


def without_personal_data(text: str) -> str:
    """Return a text with REMOVED in the place of all personal data and links, and nothing invisible."""
    text = _visible(text)
    for pattern in (_MAIL, _LINK, _STREET, _PHONE):
        text = pattern.sub(REMOVED, text)
    for pattern in (_NAME, _PLACE):
        text = pattern.sub(rf"\1 {REMOVED}", text)
    return text


def _visible(text: str) -> str:
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))
