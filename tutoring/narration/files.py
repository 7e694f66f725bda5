"""Audio files in the storage, each whole or not there."""

import secrets
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tutoring.narration.engine import SpeechError

FOLDER = "narration/"  # pages, words, phrases: nothing of a child
ANSWERS = "answers/"  # sentences of answers: erased with the child, and after ANSWER_AUDIO_DAYS


def cache_control(name: str) -> str:
    """Return who may keep a file, and for how long: what is under a name never changes."""
    if name.startswith(FOLDER):
        return "public, max-age=31536000, immutable"
    return "private, max-age=3600, immutable"  # nobody but the child's own browser


def put(name: str, data: bytes) -> None:
    """Store a file under a name, instead of what is there. Raises SpeechError when the storage fails."""
    try:
        try:
            path = Path(default_storage.path(name))
        except NotImplementedError:  # an object store, where a file appears when all of it is there
            default_storage.delete(name)
            default_storage.save(name, ContentFile(data))
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except Exception as error:
        raise _storage_error(error) from error


def exists(name: str) -> bool:
    """Tell whether a file is there. Raises SpeechError when the storage cannot say."""
    try:
        return default_storage.exists(name)
    except Exception as error:
        raise _storage_error(error) from error


def delete(name: str) -> None:
    """Delete a file, if it is there. Raises SpeechError when the storage fails."""
    try:
        default_storage.delete(name)
    except Exception as error:
        raise _storage_error(error) from error


def _storage_error(error: Exception) -> SpeechError:
    """A storage raises what it likes (OSError, botocore's errors): to us, speech that may work later."""
    return SpeechError(f"the narration storage failed: {error}", retryable=True)
