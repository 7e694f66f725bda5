"""The offline tutor: explains a word or quotes what was read, and says so when it cannot. Pure.

It never makes anything up: beside its own few frames it says only words of the book's glossary
and of the text that was heard, so it cannot spoil what is still to come.
"""

import re
from collections.abc import Generator, Mapping

from tutoring.sentences import cut
from tutoring.tutors.asking import asking
from tutoring.tutors.frames import Frames, frames
from tutoring.tutors.function_words import function_words
from tutoring.tutors.interface import Deadline, Source, Turn
from tutoring.tutors.retrieval import Passages, content_stems
from tutoring.tutors.stems import stems

# How much of the question must stand around a sentence. Below the first it is no answer; below
# the second it may be one. Refusing more would refuse questions whose answer was read.
_UNKNOWN_BELOW = 0.25
_UNSURE_BELOW = 0.5
_QUOTED = 2  # sentences
_SECOND_AT_LEAST = 0.5  # of the best one's score
_TERM_WORDS = 3

_ENDS_WHOLE = re.compile(r"[.!?…؟।。！？][\"'”’»)\]」』）]*$")


class OfflineTutor:
    """Answers from the heard text and the book's glossary alone; it needs nothing and cannot fail."""

    source = Source.OFFLINE
    name = "offline"

    def answer(self, turn: Turn, deadline: Deadline) -> Generator[str, None, None]:
        """Yield the whole answer; it takes milliseconds."""
        yield answer(turn)


def answer(turn: Turn) -> str:
    """Return the answer: at most three sentences."""
    say = frames(turn.language)
    if not turn.question.strip():
        return say.nothing_asked
    passages = Passages((" ".join(sentence.split()) for sentence in cut([turn.heard])), turn.language)
    # In small letters but not folded: "heißt" is to stay what it is.
    question = turn.question.lower().replace("’", "'").strip(" \t\r\n?!.…¿¡؟？！。")
    ways = asking(turn.language)
    if ways.helper.fullmatch(question):
        return say.about_me
    if ways.ahead.fullmatch(question):
        return say.unknown
    return (
        _explain(question, turn, passages, say)
        or _recap(question, turn, passages, say)
        or _quote_best(question, turn, passages, say)
    )


def _explain(question: str, turn: Turn, passages: Passages, say: Frames) -> str | None:
    """Answer a question about a word; None if it is not one."""
    ways = asking(turn.language)
    for certain, patterns in ((True, ways.word), (False, ways.perhaps_word)):
        for pattern in patterns:
            match = pattern.fullmatch(question)
            term = stems(match[1], turn.language) if match else []
            if not 0 < len(term) <= _TERM_WORDS:
                continue
            if entry := glossary_entry(term, turn.glossary, turn.language):
                word, meaning = entry
                return say.meaning.format(word=word, meaning=_ended(meaning.strip(), "."))
            little = function_words(turn.language).intersection(term)
            if len(little) == len(term) or (little and not certain):
                continue
            if read := passages.holding(term):
                return say.read_here.format(quote=_whole(passages.sentences[read[-1]]))
            if certain:
                return say.no_word
    return None


def glossary_entry(term: list[str], glossary: Mapping[str, str], language: str) -> tuple[str, str] | None:
    """Return the glossary's word and explanation for a term, whatever its ending."""
    for word, meaning in glossary.items():
        if stems(word, language) == term:
            return word, meaning
    return None


def _recap(question: str, turn: Turn, passages: Passages, say: Frames) -> str | None:
    """Answer "What happened?" with what was just read; None for another question."""
    if content_stems(question, turn.language) or not asking(turn.language).happened.fullmatch(question):
        return None
    if not passages.sentences:
        return say.unknown
    return say.recap.format(quote=_quote(passages, range(len(passages.sentences))[-_QUOTED:]))


def _quote_best(question: str, turn: Turn, passages: Passages, say: Frames) -> str:
    """Answer with the sentences that fit best, in the order in which they were read."""
    found = passages.search(question)
    if not found or found[0].coverage < _UNKNOWN_BELOW:
        return say.unknown
    best = found[0]
    numbers = [each.number for each in found[:_QUOTED] if each.score >= best.score * _SECOND_AT_LEAST]
    if (who := asking(turn.language).who.fullmatch(question)) and (
        read := passages.holding(stems(who[1], turn.language))
    ):
        # Who somebody is, a story says where it first names them.
        numbers = [read[0], *(number for number in numbers if number != read[0])][:_QUOTED]
    several_words = len(content_stems(question, turn.language)) > 1  # one alone matches by chance
    sure = best.coverage >= _UNSURE_BELOW and several_words and bool(function_words(turn.language))
    frame = say.found if sure else say.unsure
    return frame.format(quote=_quote(passages, sorted(numbers)))


def _quote(passages: Passages, numbers: range | list[int]) -> str:
    return " ".join(_whole(passages.sentences[number]) for number in numbers)


def _whole(sentence: str) -> str:
    """Return a sentence with an end: one that was interrupted in the middle trails off."""
    return _ended(sentence, "…")


def _ended(sentence: str, mark: str) -> str:
    return sentence if _ENDS_WHOLE.search(sentence) else sentence.rstrip(" ,;:—–-") + mark
