"""An answer that is kept, and whom it may be given to: nobody who has not heard all it was made from. Pure.

An answer may tell whatever stood in the text it was made from, so it notes that text by length and hash, and
is given only where the child has heard the very same: no mistake in a page, a position or a key can let it
tell what is still to come. Beyond the text it was made from, an answer stands until the story says more of
what was asked.
"""

import hashlib
from collections.abc import Iterable, Sequence

import msgspec

from tutoring.answer_key import is_shareable, sentences_it_stands
from tutoring.prompts import newest_sentences
from tutoring.sentences import cut
from tutoring.tutors.interface import Turn
from tutoring.tutors.retrieval import content_stems
from tutoring.tutors.stems import stems

MAX_ANSWER_CHARACTERS = 800  # what is longer is no answer for a child, and not worth its place

_SENTENCE_CHARACTERS = 600  # looked back to tell whether a sentence has ended since


class KeptAnswer(msgspec.Struct, frozen=True, array_like=True):
    """The sentences of an answer, and the text from the book's beginning that it was made from."""

    heard_length: int  # characters
    heard_digest: str
    sentences: tuple[str, ...]


def kept_answer(turn: Turn, sentences: Sequence[str]) -> KeptAnswer | None:
    """Return the answer as it is kept; None where no other child may be given it.

    It must be whole, and must not have been made from an earlier talk.
    """
    whole = "\n\n".join(sentences)
    if turn.before or not is_shareable(turn) or not 0 < len(whole) <= MAX_ANSWER_CHARACTERS:
        return None
    # Whole is what a next sentence can follow; and it must be cut again as it was.
    if [each.strip() for each in cut([f"{whole} X"])] != [*sentences, "X"]:
        return None
    return KeptAnswer(len(turn.heard), _digest(turn.heard), tuple(sentences))


def choose(answers: Iterable[KeptAnswer], turn: Turn) -> KeptAnswer | None:
    """Return the newest answer that this child may be given, of those under its question's key."""
    for answer in sorted(answers, key=lambda each: each.heard_length, reverse=True):
        if _was_heard(answer, turn.heard) and _stands(answer, turn):
            return answer
    return None


def _was_heard(answer: KeptAnswer, heard: str) -> bool:
    """Has the child heard all that the answer was made from? Who has heard less has another text."""
    return _digest(heard[: answer.heard_length]) == answer.heard_digest


def _stands(answer: KeptAnswer, turn: Turn) -> bool:
    """Has the story since then said nothing that would change the answer?

    Until the story has a word of the question that the model had not read, "we do not know yet" is as true as
    it was. What is about one moment must be asked again soon.
    """
    before, since = turn.heard[: answer.heard_length], turn.heard[answer.heard_length :]
    limit = sentences_it_stands(turn.question, turn.language)
    if limit is not None:
        recent = before[-_SENTENCE_CHARACTERS:]
        if len(list(cut([recent + since]))) - len(list(cut([recent]))) > limit:
            return False
    news = set(content_stems(turn.question, turn.language)).intersection(stems(since, turn.language))
    return not news or news <= set(stems(newest_sentences(before), turn.language))


def _digest(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
