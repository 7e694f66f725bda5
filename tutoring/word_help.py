"""Help with one word: how it sounds alone, its syllables, and what it means where it stands.

The book's glossary explains it, else a language model, else the sentence it stands in. What takes time is
done by a worker and kept in Redis under the key of the place: of a class that wonders about the same word
only the first child has a model asked, and no web process waits for one.

Log lines hold keys and kinds of failure, never a word.
"""

import logging
from contextlib import closing
from itertools import islice
from typing import Literal

from django.conf import settings
from msgspec import Struct, json
from msgspec.structs import replace

from sessions import words
from sessions.live.blocking import run
from sessions.live.connection import client
from tutoring import tutors
from tutoring.answer import plain
from tutoring.fit import serves
from tutoring.narration import service
from tutoring.narration.known import Spoken
from tutoring.narration.timing import Interval
from tutoring.safety import guard
from tutoring.sentences import cut
from tutoring.syllables import syllables
from tutoring.tutors.frames import frames
from tutoring.tutors.interface import Deadline, Source, Turn, Tutor, TutorError, TutorTooHard
from tutoring.word_place import Place

logger = logging.getLogger(__name__)

KEPT_SECONDS = 7 * 24 * 3600
UNSURE_SECONDS = 600  # without a model or a voice: they may be back by then
_SENTENCES = 2
_LONGEST_MEANING = 400  # characters; more is no explanation for a child
# In English whatever the book's language: the tutors' rules say in which language to answer.
_QUESTION = "What does the word “{word}” mean?"


class WordHelp(Struct, frozen=True, rename="camel"):
    """What a child is told about a word, as its page gets it; times in milliseconds."""

    word: str
    meaning: str | None
    source: Literal["glossary", "model", "offline"] | None  # of the meaning
    syllables: tuple[str, ...] = ()  # none: not known (yet)
    complete: bool = False  # no more will be known
    audio_url: str | None = None  # of the word alone; None: it has no voice (yet)
    word_times: tuple[Interval, ...] = ()
    meaning_audio_url: str | None = None


_encode = json.Encoder().encode
_decode = json.Decoder(WordHelp).decode


def known(place: Place) -> WordHelp | None:
    """Return what a worker has made, whole or in part. Raises RedisError."""
    packed = run(_get(place.key))
    return _decode(packed) if packed else None


def at_once(place: Place) -> WordHelp:
    """Return what takes no time: the word, and its meaning if the book itself says it."""
    return WordHelp(place.word, place.meaning, "glossary" if place.meaning else None)


def completed(told: WordHelp, place: Place) -> WordHelp:
    """Return help of which no more will be known: without a meaning it says where the word was read."""
    if told.meaning is None:
        read_here = frames(place.language).read_here.format(quote=place.sentence)
        told = replace(told, meaning=read_here, source="offline")
    return replace(told, complete=True)


def make(place: Place) -> None:
    """Voice and explain a word and keep that, unless it is done. Raises RedisError.

    The voice of the word comes first: it can be heard while a model still thinks.
    """
    told = known(place) or at_once(place)
    if told.complete:
        return
    told = replace(told, syllables=syllables(place.word, place.language))
    alone = _voice(place.word, place)
    if alone is not None:
        told = replace(told, audio_url=alone.audio_url, word_times=alone.word_times)
    _keep(place, told, UNSURE_SECONDS)
    if told.meaning is None and (meaning := _by_a_model(place)):
        told = replace(told, meaning=meaning, source="model")
    told = completed(told, place)
    explained = _voice(told.meaning or "", place)
    if explained is not None:
        told = replace(told, meaning_audio_url=explained.audio_url)
    sure = told.source != "offline" and alone is not None and explained is not None
    _keep(place, told, KEPT_SECONDS if sure else UNSURE_SECONDS)


def _by_a_model(place: Place) -> str | None:
    """Return what the first model that answers says about the word; None where none does."""
    turn = Turn(_QUESTION.format(word=place.word), place.heard, place.language, {})
    deadline = Deadline(settings.ANSWER_SECONDS)
    for tutor in tutors.in_order():
        if tutor.source is not Source.MODEL:
            continue
        try:
            meaning = _said_by(tutor, turn, deadline)
        except guard.NotToBeSaid as stopped:
            logger.warning("word %s: %s was stopped: %s", place.key[:12], tutor.name, stopped)
            continue
        except TutorError as error:
            level = logging.WARNING if error.retryable else logging.ERROR  # the latter: somebody must mend it
            logger.log(level, "word %s: %s: %s", place.key[:12], type(error).__name__, error)
            continue
        if 0 < len(meaning) <= _LONGEST_MEANING:
            return meaning
        logger.warning("word %s: %s gave no explanation of a usable length", place.key[:12], tutor.name)
    return None


def _said_by(tutor: Tutor, turn: Turn, deadline: Deadline) -> str:
    """Return a model's explanation; one in hard words is asked for again. Raises TutorError, NotToBeSaid."""
    try:
        return _said_once(tutor, turn, deadline)
    except TutorTooHard:
        return _said_once(tutor, turn._replace(simpler=True), deadline)


def _said_once(tutor: Tutor, turn: Turn, deadline: Deadline) -> str:
    with closing(tutor.answer(turn, deadline)) as pieces:
        sentences = [plain(sentence) for sentence in islice(cut(pieces), _SENTENCES)]
    for sentence in sentences:
        guard.check_sentence(sentence, turn, tutor.source, deadline)
        if not serves(sentence, turn):
            raise TutorTooHard(f"{tutor.name} explained a word by harder ones")
    return " ".join(sentence for sentence in sentences if words.says_something(sentence))


def _voice(text: str, place: Place) -> Spoken | None:
    try:
        return service.speak(text, place.language)
    except Exception as error:  # engine or storage: the text goes out, whatever it was
        logger.warning("word %s: a text has no voice: %s", place.key[:12], type(error).__name__)
        return None


def _keep(place: Place, told: WordHelp, seconds: int) -> None:
    run(_set(place.key, _encode(told), seconds))


async def _get(key: str) -> bytes | None:
    packed: bytes | None = await client().get(_name(key))
    return packed


async def _set(key: str, packed: bytes, seconds: int) -> None:
    await client().set(_name(key), packed, ex=seconds)


def _name(key: str) -> str:
    return f"word:{key}"
