"""The words of a language that say nothing of what a question is about. Pure.

English ones are ours, measured with children's questions; those of other languages are bm25s's, and beside
them what children ask with.
"""

from functools import cache

from bm25s import stopwords  # type: ignore[import-untyped]

from sessions.words import primary_language
from tutoring.tutors.stems import stems

_ENGLISH = """
    a an the this that these those and or but so if then than as of to in on at by for from with
    into about is are was were be been being am do does did done have has had will would can could
    shall should may might must not no i you he she it we they me him her us them my your his its
    our their who whom whose what which when where why how there here too also very just say tell
    please story book happen know mean s t
    """
_OTHERS = {
    "da": (stopwords.STOPWORDS_DANISH, "hvem hvad hvor hvornår hvorfor hvordan hvilken"),
    "de": (
        stopwords.STOPWORDS_GERMAN,
        "wer wen wem wessen wann warum wieso weshalb wozu woher wohin womit wurde wurden "
        "tun tat sagen bitte gerade eben passiert geschehen",
    ),
    "es": (
        stopwords.STOPWORDS_SPANISH,
        "quién quiénes cuál cuándo dónde cómo cuánto cuántos hace hizo "
        "acaba pasar pasado pasó ocurrido ocurrió",
    ),
    "fr": (
        stopwords.STOPWORDS_FRENCH,
        "quoi quel quelle quels quelles quand où pourquoi comment combien est ce fait cette cet "
        "passé passer vient",
    ),
    "it": (stopwords.STOPWORDS_ITALIAN, "chi cosa quando dove perché come quanto quale"),
    "nl": (stopwords.STOPWORDS_DUTCH, "wie wat waar wanneer waarom hoe welke"),
    "no": (stopwords.STOPWORDS_NORWEGIAN, "hvem hva hvor når hvorfor hvordan hvilken"),
    "pt": (stopwords.STOPWORDS_PORTUGUESE, "quem quê quando onde porquê como quanto qual"),
    "ru": (stopwords.STOPWORDS_RUSSIAN, "кто что где когда почему зачем куда как сколько какой"),
    "sv": (stopwords.STOPWORDS_SWEDISH, "vem vad var när varför hur vilken"),
}


@cache
def function_words(language: str) -> frozenset[str]:
    """Return the stems of a language's function words, by its BCP 47 tag; none where we do not know them."""
    primary = primary_language(language)
    if primary == "en":
        return frozenset(stems(_ENGLISH))
    listed, asking = _OTHERS.get(primary, ((), ""))
    return frozenset(stems(" ".join((*listed, asking)), language))
