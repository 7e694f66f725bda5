"""Narrations are made once and kept: the same text in the same voice is one row and one file."""

import hashlib
import json
from functools import lru_cache

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.urls import reverse

from sessions.words import split
from tutoring.models import Narration
from tutoring.narration.compose import Recording, compose
from tutoring.narration.engine import Engine, SpeechError
from tutoring.narration.espeak import EspeakEngine
from tutoring.narration.script import write

# Part of every key: raise it when the script, the timing or the encoding changes what is heard or lit.
_EDITION = 1


def voice(text: str, language: str) -> Narration:
    """Return the narration of a text in a BCP 47 language; make and keep it if there is none yet.

    Thread-safe; callers at the same moment, in any process, end with one row and one file.
    Raises SpeechError.
    """
    key = key_for(text, language)
    narration = find(key)
    if narration is not None and has_file(narration):
        return narration
    return keep(key, language, record(text, language))


def key_for(text: str, language: str) -> str:
    """Return the key of a text's narration, 64 hexadecimal digits. Raises SpeechError: no such voice."""
    return _key(text, _engine().voice_for(language))


@lru_cache(maxsize=4096)  # a class opens the same page at the same moment
def _key(text: str, voice_name: str) -> str:
    words = [word.text for word in split(text)]
    identity = [_EDITION, voice_name, write(text).text, words]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()


def find(key: str) -> Narration | None:
    """Return the narration under a key, if it was made."""
    return Narration.objects.filter(key=key).first()


def has_file(narration: Narration) -> bool:
    """Tell whether the audio is (still) in the storage. Raises SpeechError when the storage cannot say."""
    try:
        return default_storage.exists(narration.audio.name)
    except Exception as error:
        raise _storage_error(error) from error


def record(text: str, language: str) -> Recording:
    """Voice a text in the configured engine, without keeping it. Raises SpeechError."""
    return compose(text, language, _engine())


def keep(key: str, language: str, recording: Recording, *, replace: bool = False) -> Narration:
    """Keep a recording under its key; one that is kept already wins if its file is there, unless `replace`.

    The file is written while this transaction holds the row, so that nobody sees a row without its
    file and no two processes write one file. Raises SpeechError when the storage fails.
    """
    fields = {
        "voice": _engine().voice_for(language)[: Narration._meta.get_field("voice").max_length],
        "audio": file_name(key),
        "duration_ms": recording.duration_ms,
        "word_times": recording.word_times,
    }
    with transaction.atomic():
        narration, created = Narration.objects.select_for_update().get_or_create(key=key, defaults=fields)
        if not created:
            if not replace and has_file(narration):
                return narration
            for name, value in fields.items():
                setattr(narration, name, value)
            narration.save()
        try:
            default_storage.delete(file_name(key))  # left by a process that died before its commit
            default_storage.save(file_name(key), ContentFile(recording.mp3))
        except Exception as error:
            raise _storage_error(error) from error
    return narration


def file_name(key: str) -> str:
    """Return where the storage has a key's audio."""
    return f"narration/{key}.mp3"


def audio_url(narration: Narration) -> str:
    """Return the address that serves, or leads to, the audio: the same for every storage, and for ever."""
    return reverse("narration-audio", args=[narration.key])


def _storage_error(error: Exception) -> SpeechError:
    """A storage raises what it likes (OSError, botocore's errors): to us, speech that may work later."""
    return SpeechError(f"the narration storage failed: {error}", retryable=True)


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
