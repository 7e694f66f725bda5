"""Text -> audio with a time for every word. No database, no storage: many threads may compose at once."""

from typing import NamedTuple

import numpy as np

from tutoring.narration import encoding, pauses, timing
from tutoring.narration.engine import Engine, Samples, Speech
from tutoring.narration.script import Script, write

# Around the speech: a moment to settle in, and a breath before the next page's first word.
_LEAD_MS = 80
_TAIL_MS = 450
# Kept of the engine's own sound before and after what is loud: a word may begin with a soft s.
_MARGIN_MS = 40
_SILENT_WORD_MS = 300  # each word of a text that has nothing to say, such as a row of stars


class Recording(NamedTuple):
    """An audio file, its length as every decoder sees it, and the interval of each word."""

    audio: bytes
    duration_ms: int
    word_times: list[timing.Interval]


def compose(text: str, language: str, engine: Engine) -> Recording:
    """Voice a text as an MP3: small, to be kept and loaded ahead. Raises SpeechError."""
    sound, word_times = perform(text, language, engine)
    return Recording(encoding.mp3(sound), _milliseconds(len(sound), encoding.RATE), word_times)


def compose_at_once(text: str, language: str, engine: Engine) -> Recording:
    """Voice a text as a FLAC: ready in a tenth of the time, for who waits. Raises SpeechError."""
    script = write(text)
    speech = _speech(script, language, engine)
    sound, word_times = _timed(script, speech, speech.rate)
    return Recording(encoding.flac(sound, speech.rate), _milliseconds(len(sound), speech.rate), word_times)


def perform(text: str, language: str, engine: Engine) -> tuple[Samples, list[timing.Interval]]:
    """Return the sound of a text, encoding.RATE samples a second, and each word's interval in ms."""
    script = write(text)
    return _timed(script, _speech(script, language, engine), encoding.RATE)


def _speech(script: Script, language: str, engine: Engine) -> Speech:
    if script.text:
        return engine.speak(script.text, language)
    silence = np.zeros(_samples(_SILENT_WORD_MS * len(script.words), encoding.RATE), np.float32)
    return Speech(silence, encoding.RATE)


def _timed(script: Script, speech: Speech, rate: int) -> tuple[Samples, list[timing.Interval]]:
    """Return the sound, trimmed and levelled, `rate` samples a second, and each word's interval in ms."""
    samples = encoding.level(encoding.resample(speech.samples, speech.rate, rate))
    first, last = _kept(samples, rate)
    samples = samples[first:last]
    speech_ms = max(_milliseconds(len(samples), rate), timing.shortest_ms(len(script.words)))
    end_ms = _LEAD_MS + speech_ms
    sound = np.zeros(_samples(end_ms + _TAIL_MS, rate), np.float32)
    sound[_samples(_LEAD_MS, rate) :][: len(samples)] = samples
    if speech.marks:
        onsets = _onsets(script, speech, _LEAD_MS - _milliseconds(first, rate))
    else:
        rests = pauses.find(samples, rate)
        onsets = [(word, at + _LEAD_MS) for word, at in pauses.onsets(script.words, rests, speech_ms)]
    return sound, timing.word_times(script.words, onsets, _LEAD_MS, end_ms)


def _kept(samples: Samples, rate: int) -> tuple[int, int]:
    """Return the part to keep: the speech with its margins; all of a sound that is silent."""
    first, last = encoding.speech_bounds(samples)
    if not last:
        return 0, len(samples)
    margin = _samples(_MARGIN_MS, rate)
    return max(0, first - margin), min(len(samples), last + margin)


def _onsets(script: Script, speech: Speech, shift_ms: int) -> list[tuple[int, int]]:
    """Return (word, ms) for the engine's marks, moved as the sound was moved."""
    return [
        (script.owners[mark.position], max(_LEAD_MS, mark.at_ms + shift_ms))
        for mark in speech.marks
        if 0 <= mark.position < len(script.owners)
    ]


def _samples(milliseconds: int, rate: int) -> int:
    return milliseconds * rate // 1000


def _milliseconds(samples: int, rate: int) -> int:
    return samples * 1000 // rate
