"""Which children's questions are the same question, and the key under which its answer is kept. Pure.

Two questions share an answer if, after normalisation, they are word for word the same and were asked on the
same page of the same book, by readers of the same band, of the same model with the same rules. A question
that leans on the talk before it, or that may tell something about the child, shares with none.
"""

import hashlib
import json
import re
import unicodedata

from sessions.level import band
from tutoring import prompts
from tutoring.tutors.interface import Turn
from tutoring.tutors.retrieval import content_stems
from tutoring.tutors.stems import is_english

GRADES = (2.0, 3.5, 6.0)  # a grade of each reading band of sessions.level
MAX_QUESTION_CHARACTERS = 160  # what is longer, no second child asks in the same words

_FORMAT = 1  # part of every key: raise it when normalisation or what is kept changes

_EDGES = ".,;:!?…\"'`“”„‟«»‹›‚‘()[]{}—–¿¡؟،؛।。、「」『』《》"
_CONTRACTIONS = {
    f"{word}'{short}": f"{word} {full}"
    for short, full, words in (
        ("s", "is", "what who where when why how that it he she there here"),
        ("re", "are", "what who where why how they you"),
        ("d", "would", "i"),
    )
    for word in words.split()
}
_ARTICLES = {"a", "an", "the"}
_PLEASE_AT_THE_END = re.compile(r",\s*please[\s.!?]*$")
_POLITE = re.compile(
    r"^(?:(?:please|excuse me|um+|uh+|(?:can|could|will|would) you (?:please )?tell me|tell me"
    r"|i (?:want|would like) to know|i wonder) )+"
)

# What such a word points to changes as the story goes on.
_POINTING = frozenset(
    """
    he him his she her hers it its they them their theirs this that these those here there now one ones
    """.split()  # noqa: SIM905
)
# Such a question goes on with what was said before.
_GOING_ON = re.compile(r"(?:and|but|or|so|because|then|also|(?:what|how) about)\b")
_ABOUT_THE_CHILD = frozenset({"i", "me", "my", "mine", "myself", "we", "us", "our", "ours", "ourselves"})
_ADDRESS = re.compile(r"@|://|\bwww\.|\d{4}|\d[\d\s()/+-]{5,}\d")
_INSIDE = re.compile(r"(?<=[^\s.!?…]\s)[^\W\d_]\w+")  # words inside a sentence


def _prompt_version() -> str:
    """Return a hash of the rules that a model is given: none is answered by another's answers."""
    probes = (Turn("?", "Once.", "en", {}, grade=grade) for grade in GRADES)
    return _hash([prompts.messages(probe) for probe in probes])[:16]


def normalised(question: str, language: str) -> str:
    """Return what of a question tells it from others: words in lower case, without punctuation around them.

    In English also without articles, contractions and politeness.
    """
    text = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", question).casefold()).replace("’", "'")
    english = is_english(language)
    if english:
        text = _PLEASE_AT_THE_END.sub("", text)
    words = [word for token in text.split() if (word := token.strip(_EDGES))]
    if not english:
        return " ".join(words)
    words = [word for word in words if word not in _ARTICLES]
    return _POLITE.sub("", " ".join(_CONTRACTIONS.get(word, word) for word in words))


def key(turn: Turn, book_id: int, page: int, model: str) -> str:
    """Return the key of `model`'s answer to this turn's question on a page: 64 hexadecimal digits."""
    question = normalised(turn.question, turn.language)
    return _hash([_FORMAT, PROMPT_VERSION, book_id, page, model, turn.language, band(turn.grade), question])


def is_shareable(turn: Turn) -> bool:
    """May another child's answer be given to this question, and this one's to others?

    Not where another worker has begun to answer. Personal data is told by its form, and in English by words
    for oneself and by names that the story has not told.
    """
    question = normalised(turn.question, turn.language)
    if turn.said or not 0 < len(question) <= MAX_QUESTION_CHARACTERS or _is_personal(question, turn):
        return False
    return not turn.before or _stands_alone(question, turn.language)


def sentences_it_stands(question: str, language: str) -> int | None:
    """Return for how many sentences beyond its own the answer to a question stands; None: for its page.

    Of "What just happened?" for none, of what points ("Why did she hide?") for one. What points in another
    language than English we do not know: there every question does.
    """
    if not content_stems(question, language):
        return 0
    if not is_english(language) or not _POINTING.isdisjoint(_words(normalised(question, language))):
        return 1
    return None


def _stands_alone(question: str, language: str) -> bool:
    return sentences_it_stands(question, language) is None and not _GOING_ON.match(question)


def _is_personal(question: str, turn: Turn) -> bool:
    if _ADDRESS.search(turn.question):
        return True
    if not is_english(turn.language):
        return False
    return not _ABOUT_THE_CHILD.isdisjoint(_words(question)) or _names_a_stranger(turn)


def _names_a_stranger(turn: Turn) -> bool:
    """Does a word inside the question have a capital, although the story so far does not know it?"""
    names = [
        word for word in _INSIDE.findall(turn.question) if word[0].isupper() and content_stems(word, "en")
    ]
    return not all(re.search(rf"\b{name.capitalize()}\b", turn.heard) for name in names)


def _words(question: str) -> set[str]:
    return {word.partition("'")[0] for word in question.split()}


def _hash(identity: object) -> str:
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


PROMPT_VERSION = _prompt_version()
