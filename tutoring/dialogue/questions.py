"""Questions that rules can make of one simple English clause and be right: who, where, and what. Pure.

Only clauses that begin with somebody and what they did are taken, and of these only the part before the first
"and", "when" or "because". Whatever is in doubt makes no question.
"""

import re
from typing import NamedTuple

from tutoring.dialogue.characters import is_person
from tutoring.dialogue.lexicon import DETERMINERS, DOING, GOING, LINKS, PRONOUNS, VAGUE, is_past, word_set


class Question(NamedTuple):
    """`sentence` says what the page says, shortly; `expected` stands in it."""

    text: str
    expected: str
    sentence: str


# Where one clause ends and the next may begin: what stands between them belongs to neither.
_BETWEEN = re.compile(r",\s+(?:(?:and|but|so|then|for)\s+)*|\s+(?:and|but)\s+(?:then\s+|so\s+)?")
_BEGINNING = re.compile(
    r"(?:(?:Then|So|And|But|Now|Soon|Suddenly|Finally|At last|At once|One (?:day|morning|evening|night)"
    r"|Once|That (?:day|night)|(?:The )?[Nn]ext (?:day|morning))\s+)+"
)
# Here the simple part of a clause ends ...
_CUT = re.compile(r"\b(?:and|or|but|when|while|because|until|till|before|after|since|though|although)\b")
# ... and with these it is not simple: what stands before them says something else without the rest.
_ENTANGLED = word_set("as that who which where than if so what how whether would could might")
_AFTER_AND = DETERMINERS["en"] | PRONOUNS | {"then", "so", "there", "all"}
# What points to somewhere else: alone, such a question would be a riddle.
_POINTING = PRONOUNS - {"himself", "herself", "itself", "themselves"} | word_set(
    "there here too also again instead this that these those such another other others both between"
)
_TO_PLACES = word_set("to into onto under behind beside in inside on near by through over across up")
_NO_PLACES = VAGUE | word_set(
    """
    hurry rage voice silence rescue help work face knees feet back head neck toes hands arms side eyes war
    peace surprise anger tears dance dream
    """
)
_NO_THINGS = VAGUE | word_set(
    """
    look walk breath step rest care place fright sigh cry bow noise promise wish mind eyes eye mouth face hand
    hands head feet foot heart lips arms back leave courage news answer silence
    """
)
_UNFINISHED = LINKS["en"] | DETERMINERS["en"] | {"been", "be", "not", "never", "very"}
_LONGEST_THING = 4  # words
_AT_LEAST = 3  # words after the subject: what was done and to what


class _Simple(NamedTuple):
    """A clause that begins with somebody and a past verb, up to where it ceases to be simple."""

    subject: str  # as it stands inside a question
    rest: list[str]  # from the verb on
    written: str  # the subject as it begins a sentence

    @property
    def sentence(self) -> str:
        """The clause as a sentence of its own."""
        return f"{self.written} {' '.join(self.rest)}."


def who(clause: str, cast: list[str]) -> Question | None:
    """Ask who did it."""
    simple = _simple(clause, cast)
    if simple is None or len(simple.rest) < _AT_LEAST or not _stands_alone(simple.rest):
        return None
    return Question(f"Who {' '.join(simple.rest)}?", simple.written, simple.sentence)


def where(clause: str, cast: list[str]) -> Question | None:
    """Ask where somebody went or was."""
    simple = _simple(clause, cast)
    if simple is None or simple.rest[0] not in GOING or len(simple.rest) < _AT_LEAST:
        return None
    preposition, *words = simple.rest[1:]
    place = words[: _length_of_thing(words)]
    if preposition not in _TO_PLACES or place[0] not in DETERMINERS["en"] or not _is_thing(place, _NO_PLACES):
        return None
    question = f"Where did {simple.subject} {GOING[simple.rest[0]]}?"
    return Question(question, " ".join(place), simple.sentence)


def what(clause: str, cast: list[str]) -> Question | None:
    """Ask what somebody did it to: "What did Tiva carry to the river?"."""
    simple = _simple(clause, cast)
    if simple is None or simple.rest[0] not in DOING or len(simple.rest) < _AT_LEAST:
        return None
    words = simple.rest[1:]
    length = _length_of_thing(words)
    thing, rest = words[:length], words[length:]
    if thing[0] not in DETERMINERS["en"] or not _is_thing(thing, _NO_THINGS):
        return None
    if rest and (not _stands_alone(rest) or rest[-1] in LINKS["en"]):
        return None
    question = " ".join(["What did", simple.subject, DOING[simple.rest[0]], *rest])
    return Question(f"{question}?", " ".join(thing), simple.sentence)


def clauses(sentence: str) -> list[str]:
    """Return the parts of a sentence that may be clauses of their own, without its end mark."""
    if not sentence.endswith("."):
        return []
    told = _BEGINNING.sub("", sentence[:-1], count=1) if _BEGINNING.match(sentence) else sentence[:-1]
    starts = [0, *(between.end() for between in _BETWEEN.finditer(told))]
    ends = [*(found.start() for found in re.finditer(",", told)), len(told)]
    return [told[start : next(end for end in ends if end >= start)] for start in starts]


def _simple(clause: str, cast: list[str]) -> _Simple | None:
    """Return the simple part of a clause; None where it does not begin with one of `cast` and a deed."""
    subject = max((name for name in cast if _begins(clause, name)), key=len, default="")
    if not subject:
        return None
    after = clause[len(subject) :]
    cut = _CUT.search(after)
    rest = after[: cut.start()].split() if cut else after.split()
    if not rest or not is_past(rest[0]) or rest[-1] in _UNFINISHED or _ENTANGLED & set(rest):
        return None
    if cut and cut[0] in ("and", "or") and not _begins_anew(after[cut.end() :].split()):
        return None
    return _Simple(subject, rest, subject[0].upper() + subject[1:])


def _begins(clause: str, name: str) -> bool:
    return clause[: len(name) + 1].lower() == f"{name} ".lower()


def _begins_anew(words: list[str]) -> bool:
    """Tell whether "and" joins two deeds, not two things of one."""
    return bool(words) and (words[0].lower() in _AFTER_AND or is_past(words[0]))


def _stands_alone(words: list[str]) -> bool:
    """Tell whether a child who has not the sentence at hand knows what these words are about."""
    lower = [word.lower() for word in words]
    if _POINTING & set(lower):
        return False
    # "her" is somebody, unless a thing of hers follows.
    return all(
        word != "her" or (at + 1 < len(lower) and lower[at + 1] not in LINKS["en"])
        for at, word in enumerate(lower)
    )


def _length_of_thing(words: list[str]) -> int:
    return next((at for at, word in enumerate(words) if at and word in LINKS["en"] - {"of"}), len(words))


def _is_thing(words: list[str], excluded: frozenset[str]) -> bool:
    """Tell whether words after a determiner are one thing that can be asked for."""
    head = words[1:]
    if not 0 < len(head) <= _LONGEST_THING or not all(word.replace("-", "").isalpha() for word in head):
        return False
    if any(word in DETERMINERS["en"] | _POINTING or word.endswith("ly") for word in head if word != "of"):
        return False
    if any(is_past(word) for word in head[1:]) or head[-1] in LINKS["en"]:
        return False
    last = head[head.index("of") - 1] if "of" in head else head[-1]
    return last not in excluded and not any(is_person(word) for word in head)
