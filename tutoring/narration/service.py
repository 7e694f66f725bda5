"""Narrations are made once and kept: the same text in the same voice is one row and one file.

Pages are voiced ahead, by `voice`, and PostgreSQL is the truth about them. Sentences of answers are voiced by
`speak` while a child waits: no SQL, the row follows later. With PostgreSQL away both go on.
"""

import hashlib
import json
import logging
import time
from collections.abc import Callable, Sequence
from functools import lru_cache

from django import db
from django.conf import settings
from django.urls import reverse

from sessions.words import split
from tutoring import metrics
from tutoring.later import Later
from tutoring.models import Narration
from tutoring.narration import files, known
from tutoring.narration.compose import Recording, compose, compose_at_once
from tutoring.narration.engine import Engine
from tutoring.narration.espeak import EspeakEngine
from tutoring.narration.known import Spoken
from tutoring.narration.script import write

logger = logging.getLogger(__name__)

# Part of every key: raise it when the script, the timing or the encoding changes what is heard or lit.
_EDITION = 1
_AT_ONCE = "at once"  # likewise, of sentences of answers

# So long nobody else waits for a PostgreSQL that has just been found away.
_AWAY_SECONDS = 5
_away_until = 0.0

_later = Later(Narration, "narrations:later")


def voice(text: str, language: str) -> Narration:
    """Return the narration of a page's text in a BCP 47 language; make and keep it if there is none yet.

    Thread-safe; callers at the same moment, in any process, end with one row and one file. With PostgreSQL
    away it is made all the same, and its row is written later. Raises SpeechError.
    """
    key = key_for(text, language)
    try:
        narration = find(key)
        if narration is not None and has_file(narration):
            known.put(key, spoken(narration))
            return narration
    except (db.OperationalError, db.InterfaceError) as error:
        logger.warning("narration %s is kept later: %s", key[:12], type(error).__name__)
        return _keep_later(key, language, record(text, language), "mp3")
    return keep(key, language, record(text, language))


def speak(text: str, language: str) -> Spoken:
    """Return the voice of a phrase or word that a child waits for; made at once, without SQL.

    Thread-safe. Raises SpeechError.
    """
    return _at_once(_key(text, _engine().voice_for(language), _AT_ONCE), text, language, files.FOLDER)


def speak_answer(text: str, language: str) -> Spoken:
    """Return the voice of a sentence of an answer, likewise; made anew where it was erased."""
    return _at_once(answer_key(text, language), text, language, files.ANSWERS)


def recall_answer(text: str, language: str) -> None:
    """Make the voice of a sentence known again that was spoken days ago, so that `speak_answer` has it.

    Costs SQL where only the row still tells of it; does nothing where there is none. Raises SpeechError.
    """
    look_up(answer_key(text, language))


def answer_key(text: str, language: str) -> str:
    """Return the key of an answer's sentence: of no other text's. Raises SpeechError: no such voice."""
    return _key(text, _engine().voice_for(language), _AT_ONCE, files.ANSWERS)


def forget(keys: Sequence[str]) -> None:
    """Delete what is kept under these keys: files, rows, and what is known of them.

    Raises SpeechError when the storage fails, django.db.Error and RedisError.
    """
    if not keys:
        return
    waiting = [fields["audio"] for fields in _later.take(lambda fields: fields["key"] in keys)]
    rows = Narration.objects.filter(key__in=keys)
    told = [_file_of(made) for key in keys if (made := known.get(key)) is not None]
    for name in {*waiting, *rows.values_list("audio", flat=True), *told}:
        files.delete(name)
    known.forget(keys)
    rows.delete()


def warm_up() -> None:
    """Load the voice, so that the first child to ask does not wait for that. Raises SpeechError."""
    if isinstance(engine := _engine(), EspeakEngine):  # others are asked over the network, and paid
        compose_at_once("Hello.", "en", engine)


def write_rows() -> int:
    """Write the rows of what was voiced without SQL; return how many.

    Raises django.db.Error while PostgreSQL is away.
    """
    return _later.write_all()


def key_for(text: str, language: str) -> str:
    """Return the key of a page's narration, 64 hexadecimal digits. Raises SpeechError: no such voice."""
    return _key(text, _engine().voice_for(language))


@lru_cache(maxsize=4096)  # a class opens the same page at the same moment
def _key(text: str, voice_name: str, *kind: str) -> str:
    words = [word.text for word in split(text)]
    identity = [_EDITION, voice_name, write(text).text, words, *kind]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def find(key: str) -> Narration | None:
    """Return the narration under a key, if it was made."""
    return Narration.objects.filter(key=key).first()


def look_up(key: str) -> Spoken | None:
    """Return a page's narration, if it was made: as Redis knows it, else PostgreSQL unless that is away."""
    global _away_until
    made = known.get(key)
    if made is not None or time.monotonic() < _away_until:
        return made
    try:
        narration = find(key)
    except (db.OperationalError, db.InterfaceError) as error:
        logger.warning("narration %s cannot be looked up: %s", key[:12], type(error).__name__)
        _away_until = time.monotonic() + _AWAY_SECONDS
        return None
    if narration is None:
        return None
    made = spoken(narration)
    known.put(key, made)
    return made


def has_file(narration: Narration) -> bool:
    """Tell whether the audio is (still) in the storage. Raises SpeechError when the storage cannot say."""
    return files.exists(narration.audio.name)


def record(text: str, language: str) -> Recording:
    """Voice a page's text in the configured engine, without keeping it. Raises SpeechError."""
    return _counted("page", compose, text, language)


def keep(key: str, language: str, recording: Recording, *, replace: bool = False) -> Narration:
    """Keep a recording under its key; one that is kept already wins if its file is there, unless `replace`.

    The file is written while this transaction holds the row, so that nobody sees a row without its
    file and no two processes write one file. Raises SpeechError when the storage fails.
    """
    fields = _fields(language, recording, file_name(key))
    with db.transaction.atomic():
        narration, created = Narration.objects.select_for_update().get_or_create(key=key, defaults=fields)
        if created or replace or not has_file(narration):
            for name, value in fields.items():
                setattr(narration, name, value)
            if not created:
                narration.save()
            files.put(file_name(key), recording.audio)
    known.put(key, spoken(narration))
    return narration


def _at_once(key: str, text: str, language: str, folder: str) -> Spoken:
    if (made := known.get(key)) is not None and files.exists(_file_of(made)):
        return made
    recording = _counted("at_once", compose_at_once, text, language)
    return spoken(_keep_later(key, language, recording, "flac", folder))


def _counted(
    kind: str, composing: Callable[[str, str, Engine], Recording], text: str, language: str
) -> Recording:
    begun = time.perf_counter()
    recording = composing(text, language, _engine())
    metrics.count_speech(kind, recording.duration_ms, time.perf_counter() - begun)
    return recording


def _keep_later(
    key: str, language: str, recording: Recording, suffix: str, folder: str = files.FOLDER
) -> Narration:
    """Keep a recording now and its row later.

    Nobody holds the row, so the file has the name of its content: whoever records the same text at the same
    moment, or has before, did it a little differently (espeak-ng too), and nobody's times fit another's.
    """
    name = f"{folder}{hashlib.sha256(recording.audio).hexdigest()}.{suffix}"
    fields = _fields(language, recording, name)
    files.put(name, recording.audio)
    narration = Narration(key=key, **fields)
    known.put(key, spoken(narration))
    _later.keep(key, {"key": key, **fields})
    return narration


def _fields(language: str, recording: Recording, name: str) -> dict[str, object]:
    return {
        "voice": _engine().voice_for(language)[: Narration._meta.get_field("voice").max_length],
        "audio": name,
        "duration_ms": recording.duration_ms,
        "word_times": recording.word_times,
    }


def file_name(key: str) -> str:
    """Return where the storage has the audio of a page's narration."""
    return f"{files.FOLDER}{key}.mp3"


def spoken(narration: Narration) -> Spoken:
    """Return what a browser needs of a narration."""
    times = tuple((start, end) for start, end in narration.word_times)
    return Spoken(audio_url(narration), narration.duration_ms, times)


def audio_url(narration: Narration) -> str:
    """Return the address that serves, or leads to, the audio: the same for every storage, and for ever."""
    folder, _, name = narration.audio.name.rpartition("/")
    return reverse("answer-audio" if f"{folder}/" == files.ANSWERS else "narration-audio", args=[name])


def _file_of(made: Spoken) -> str:
    folder, name = made.audio_url.rsplit("/", 2)[1:]
    return f"{folder}/{name}"


def _engine() -> Engine:
    return _engine_of(
        settings.SPEECH_BASE_URL, settings.SPEECH_API_KEY, settings.SPEECH_MODEL, settings.SPEECH_VOICE
    )


@lru_cache
def _engine_of(base_url: str, api_key: str, model: str, voice: str) -> Engine:
    if not base_url:
        return EspeakEngine(voice)
    # Here, because its client takes seconds to import, which whoever speaks by espeak-ng need not spend.
    from tutoring.narration.openai_speech import OpenAISpeechEngine

    return OpenAISpeechEngine(base_url, api_key, model, voice)
