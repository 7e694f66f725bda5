"""The ways in which children ask for a word, for somebody, or for what happened, by language. Pure.

All are for a whole question in small letters, without marks around it and with straight apostrophes.
"""

import re
from typing import NamedTuple

from sessions.words import primary_language


class Asking(NamedTuple):
    """`(.+)` in a pattern is what is asked for."""

    word: tuple[re.Pattern[str], ...]  # certainly about a word: "What does lantern mean?"
    perhaps_word: tuple[re.Pattern[str], ...]  # "What is a lantern?", but also "What is he doing?"
    who: re.Pattern[str]
    helper: re.Pattern[str]  # who the child is talking to
    ahead: re.Pattern[str]  # what is still to come
    happened: re.Pattern[str]  # what was just read


_A_WORD_ALONE = re.compile(r"(\S+)")


def _asking(
    word: tuple[str, ...], perhaps_word: tuple[str, ...], who: str, helper: str, ahead: str, happened: str
) -> Asking:
    return Asking(
        tuple(map(re.compile, word)),
        (*map(re.compile, perhaps_word), _A_WORD_ALONE),
        *map(re.compile, (who, helper, ahead, happened)),
    )


_A = r"(?:an?\s+|the\s+)?"
_THE_WORD = rf"(?:the\s+|this\s+)?(?:words?\s+)?{_A}"
_EIN = r"(?:ein|eine|einen|der|die|das|den)\s+"
_DAS_WORT = rf"(?:(?:das|dieses)\s+wort\s+)?(?:{_EIN})?"
_UN = r"(?:(?:un|une|le|la|les|des)\s+|l')"
_LE_MOT = rf"(?:le\s+mot\s+)?{_UN}?"
_UNO = r"(?:un|una|el|la|los|las)\s+"
_LA_PALABRA = rf"(?:la\s+palabra\s+)?(?:{_UNO})?"

_ENGLISH = _asking(
    word=(
        rf"what\s*(?:'s|is)\s+the\s+meaning\s+of\s+{_THE_WORD}(.+)",
        rf"what\s+(?:does|do|did|is|are)\s+{_THE_WORD}(.+?)\s+mean(?:ing|s)?\b.*",
        rf"(?:please\s+)?(?:explain|define)\s+{_THE_WORD}(.+)",
    ),
    perhaps_word=(rf"what\s*(?:'s|'re|is|are|was|were)\s+{_A}(.+)",),
    who=rf"who\s*(?:'s|is|are|was|were)\s+{_A}(.+)",
    helper=r"(?:who|what)\s+are\s+you|what\s*(?:'s|is)\s+your\s+name",
    ahead=r"(?:and\s+)?(?:what\s*(?:'s|is|will|does)?\s*(?:going\s+to\s+)?(?:happens?|comes?)\s+"
    r"(?:next|later|at\s+the\s+end)|how\s+(?:does|will)\s+(?:it|this|the\s+(?:story|book))\s+end)",
    happened=r".*\bhappen(?:ed|s|ing)?\b.*",
)
_ASKING = {
    "en": _ENGLISH,
    "de": _asking(
        word=(
            rf"was\s+(?:bedeutet|bedeuten|heißt|heisst)\s+{_DAS_WORT}(.+)",
            rf"(?:bitte\s+)?(?:erkläre?|erklär)\s+(?:mir\s+)?(?:bitte\s+)?{_DAS_WORT}(.+)",
        ),
        perhaps_word=(rf"was\s+(?:ist|sind|war|waren)\s+(?:{_EIN})?(.+)",),
        who=rf"wer\s+(?:ist|sind|war|waren)\s+(?:{_EIN})?(.+)",
        helper=r"(?:wer|was)\s+bist\s+du|wie\s+hei(?:ß|ss)t\s+du",
        ahead=r"(?:und\s+)?(?:was\s+(?:passiert|geschieht|kommt)\s+(?:jetzt|dann|danach|später|als\s+nächstes|am\s+ende)"
        r"|wie\s+(?:geht\s+(?:es|die\s+geschichte)\s+weiter|endet\s+(?:es|das|die\s+geschichte|das\s+buch)))",
        happened=r"was\s+ist\s+(?:(?:gerade|eben|bisher|denn|da)\s+)*(?:passiert|geschehen)",
    ),
    "fr": _asking(
        word=(
            rf"(?:que|qu'est-ce\s+que)\s+(?:veut\s+dire|veulent\s+dire|signifie|signifient)\s+{_LE_MOT}(.+)",
            rf"(?:ça\s+veut\s+dire\s+quoi|explique(?:-moi)?)\s*,?\s+{_LE_MOT}(.+)",
        ),
        perhaps_word=(
            rf"(?:qu'est-ce\s+que\s+c'est\s+qu|qu'est-ce\s+qu|c'est\s+quo)(?:e\s+|'|i\s*,?\s+){_UN}?(.+)",
        ),
        who=rf"(?:qui\s+(?:est|sont|était|étaient)|c'est\s+qui\s*,?)\s+{_UN}?(.+)",
        helper=r"(?:qui|qu)(?:\s+|')es[- ]tu|tu\s+es\s+qui|comment\s+(?:tu\s+t'appelles|t'appelles-tu)",
        ahead=r"(?:et\s+)?(?:(?:que\s+va-t-il|qu'est-ce\s+qui\s+va)\s+(?:se\s+passer|arriver)\b.*"
        r"|comment\s+(?:ça|(?:finit|se\s+termine)|l'histoire|le\s+livre)\b.*)",
        happened=r"(?:qu'est-ce\s+qui\s+(?:s'est|vient\s+de\s+se)|que\s+s'est-il)\s+pass(?:é|er)",
    ),
    "es": _asking(
        word=(
            rf"qué\s+(?:significan?|quieren?\s+decir)\s+{_LA_PALABRA}(.+)",
            rf"(?:por\s+favor\s+)?(?:explica|explícame)\s+{_LA_PALABRA}(.+)",
        ),
        perhaps_word=(rf"qué\s+(?:es|son|era|eran)\s+(?:{_UNO})?(.+)",),
        who=rf"quién(?:es)?\s+(?:es|son|era|eran)\s+(?:{_UNO})?(.+)",
        helper=r"(?:quién|qué)\s+eres(?:\s+tú)?|cómo\s+te\s+llamas",
        ahead=r"(?:y\s+)?(?:qué\s+(?:pasa|pasará|va\s+a\s+pasar)(?:\s+(?:ahora|luego|después|al\s+final))?"
        r"|cómo\s+(?:termina|acaba)\b.*)",
        happened=r"qué\s+(?:(?:acaba\s+de\s+)?pasar|(?:ha\s+)?(?:pasado|ocurrido)|pasó|ocurrió)",
    ),
}


def asking(language: str) -> Asking:
    """Return how children ask in a language, by its BCP 47 tag; as in English where we do not know."""
    return _ASKING.get(primary_language(language), _ENGLISH)
