"""The voice that is always there: espeak-ng, from the espeakng-loader wheel, through ctypes.

The library keeps its state in globals, is not thread-safe, and crashes if it is initialised twice:
one lock and one library per process. A fork (Celery's prefork pool) waits for the lock, so that a
child always inherits a library at rest, or none yet.
"""

import atexit
import ctypes
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from ctypes import POINTER, c_char_p, c_int, c_short, c_ubyte, c_uint, c_void_p
from functools import cache
from pathlib import Path
from typing import NamedTuple

import espeakng_loader
import numpy as np

from tutoring.narration.engine import Mark, Speech, SpeechError

# espeak calls it words a minute; stories come out at about 145, a clear pace for listeners of 6 to 11.
_RATE = 125

# From espeak-ng's speak_lib.h.
_SYNCHRONOUS = 2
_DONT_EXIT = 0x8000
_UTF8 = 1
_BY_CHARACTER = 1
_RATE_PARAMETER = 1
_EVENT_LIST_TERMINATED = 0
_EVENT_WORD = 1
_BUFFER_MS = 1_000  # of sound for each call back, which must wait for Python's lock; the library's own: 60
_LONGEST_DATA_PATH = 140  # bytes; the library silently cuts off a longer one

# What older EPUBs say for the language (ISO 639-2) -> what voices are called.
_TWO_LETTERS = {
    "ara": "ar", "chi": "zh", "zho": "zh", "cym": "cy", "wel": "cy", "deu": "de", "ger": "de",
    "dut": "nl", "nld": "nl", "ell": "el", "gre": "el", "eng": "en", "fas": "fa", "per": "fa",
    "fra": "fr", "fre": "fr", "gle": "ga", "heb": "he", "hin": "hi", "ita": "it", "jpn": "ja",
    "kor": "ko", "pol": "pl", "por": "pt", "rus": "ru", "spa": "es", "swe": "sv", "tur": "tr",
    "ukr": "uk", "urd": "ur", "vie": "vi",
}  # fmt: skip


class _Event(ctypes.Structure):
    _fields_ = [
        ("type", c_int),
        ("unique_identifier", c_uint),
        ("text_position", c_int),  # characters, from 1
        ("length", c_int),
        ("audio_position", c_int),  # milliseconds
        ("sample", c_int),
        ("user_data", c_void_p),
        ("id", ctypes.c_char * 8),
    ]


class _Voice(ctypes.Structure):
    _fields_ = [
        ("name", c_char_p),
        ("languages", c_void_p),  # (priority byte, zero-terminated tag)..., zero byte
        ("identifier", c_char_p),
        ("gender", c_ubyte),
        ("age", c_ubyte),
        ("variant", c_ubyte),
        ("unused", c_ubyte),
        ("score", c_int),
        ("spare", c_void_p),
    ]


_lock = threading.Lock()

_Callback = ctypes.CFUNCTYPE(c_int, POINTER(c_short), c_int, POINTER(_Event))


class _VoiceFile(NamedTuple):
    tag: str  # BCP 47 in lower case
    priority: int  # of several voices for a tag the lowest is the natural one
    identifier: str


class EspeakEngine:
    """espeak-ng. `voice` "": each language's own; "+f3": a variant of it; else one voice for all texts."""

    def __init__(self, voice: str = "") -> None:
        self.voice = voice

    def voice_for(self, language: str) -> str:
        """Name the voice, for example `espeak-ng 1.52.0 gmw/en rate 125`."""
        library = _library()
        return f"espeak-ng {library.version} {self._identifier(library, language)} rate {_RATE}"

    def speak(self, text: str, language: str) -> Speech:
        """Speak; the marks are espeak's word events."""
        library = _library()
        return library.speak(text, self._identifier(library, language))

    def _identifier(self, library: "_Library", language: str) -> str:
        if self.voice and not self.voice.startswith("+"):
            return self.voice
        return library.identifier_for(language) + self.voice


class _Library:
    """The loaded library of this process."""

    def __init__(self) -> None:
        data = _data_folder()
        try:
            self._c = ctypes.CDLL(espeakng_loader.get_library_path())
        except OSError as error:
            raise SpeechError(
                f"espeak-ng cannot be loaded ({error}): reinstall the espeakng-loader wheel, "
                "or set SPEECH_BASE_URL",
                retryable=False,
            ) from error
        self._c.espeak_ListVoices.restype = POINTER(POINTER(_Voice))
        self._c.espeak_Info.restype = c_char_p
        self.rate = self._c.espeak_Initialize(_SYNCHRONOUS, _BUFFER_MS, os.fsencode(data), _DONT_EXIT)
        if self.rate <= 0:
            raise SpeechError(
                f"espeak-ng finds no voices in {data}: reinstall the espeakng-loader wheel",
                retryable=False,
            )
        self.version = self._c.espeak_Info(None).decode()
        self._voices = [
            _VoiceFile(tag, priority, pointer.contents.identifier.decode())
            for pointer in _until(self._c.espeak_ListVoices(None), lambda pointer: not pointer)
            for priority, tag in _languages(pointer.contents.languages)
        ]

    def identifier_for(self, language: str) -> str:
        """Return the voice for a BCP 47 tag: the nearest one that drops subtags from its end."""
        subtags = language.replace("_", "-").lower().split("-")
        subtags[0] = _TWO_LETTERS.get(subtags[0], subtags[0])
        for length in range(len(subtags), 0, -1):
            tag = "-".join(subtags[:length])
            if matching := [voice for voice in self._voices if voice.tag == tag]:
                return min(matching, key=lambda voice: voice.priority).identifier
        raise SpeechError(f"espeak-ng has no voice for the language {language!r}", retryable=False)

    def speak(self, text: str, identifier: str) -> Speech:
        """Return the sound of a text and where each word event lies in it."""
        pieces: list[bytes] = []
        marks: list[Mark] = []

        def collect(wave, count: int, events) -> int:
            if wave and count > 0:
                pieces.append(ctypes.string_at(wave, 2 * count))
            for event in _until(events, lambda event: event.type == _EVENT_LIST_TERMINATED):
                if event.type == _EVENT_WORD:
                    marks.append(Mark(event.text_position - 1, event.audio_position))
            return 0

        callback = _Callback(collect)
        data = text.encode() + b"\0"
        with _lock:
            if self._c.espeak_SetVoiceByName(identifier.encode()):
                raise SpeechError(f"espeak-ng has no voice {identifier!r}: see SPEECH_VOICE", retryable=False)
            self._c.espeak_SetParameter(_RATE_PARAMETER, _RATE, 0)
            self._c.espeak_SetSynthCallback(callback)
            failed = self._c.espeak_Synth(data, len(data), 0, _BY_CHARACTER, 0, _UTF8, None, None)
        if failed or not pieces:
            raise SpeechError(f"espeak-ng gave no sound for {len(text)} characters", retryable=False)
        samples = np.frombuffer(b"".join(pieces), np.int16) / np.float32(32768)
        return Speech(samples, self.rate, tuple(marks))


def _data_folder() -> Path:
    """Return the path of espeak-ng's data; where it is too long, of a link that lasts while we do."""
    path = Path(espeakng_loader.get_data_path())
    if len(os.fsencode(path)) <= _LONGEST_DATA_PATH:
        return path
    folder = tempfile.mkdtemp(prefix="espeak-")
    atexit.register(_remove_unless_forked, folder, os.getpid())
    link = Path(folder) / path.name
    link.symlink_to(path)
    return link


def _remove_unless_forked(folder: str, process: int) -> None:
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _until(array, is_end) -> Iterator:
    """Yield the items of a C array before the one that ends it."""
    index = 0
    while not is_end(array[index]):
        yield array[index]
        index += 1


def _languages(address: int) -> Iterator[tuple[int, str]]:
    while priority := ctypes.string_at(address, 1)[0]:
        tag = ctypes.string_at(address + 1)
        yield priority, tag.decode().lower()
        address += len(tag) + 2


@cache
def _load() -> _Library:
    return _Library()


def _library() -> _Library:
    with _lock:
        return _load()


os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
