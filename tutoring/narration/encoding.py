"""Sound -> a file that every browser plays: trimmed, levelled, one format for every engine.

A page is an MP3, 32 kHz, mono, 48 kbit/s constant: the lowest rates at which LAME still writes its
header, so that every decoder drops the encoder's 35 ms of delay and the sound lasts to the sample what it
lasted here; constant, so that a browser finds a second of it exactly.

A sentence that a child waits for is a FLAC at the voice's own rate: encoding a second of it takes 0.5 ms
instead of 23, and it is twice the size. Its 12 bits leave a noise 57 dB below the voice.
"""

import io
import math

import numpy as np
import soundfile  # type: ignore[import-untyped]
from numpy.typing import NDArray

from tutoring.narration.engine import Samples, SpeechError

RATE = 32_000  # samples a second
_COMPRESSION_LEVEL = 0.945  # of libsndfile's 320..32 kbit/s: 48
_LOUDNESS = 0.1  # root mean square of the speech: -20 dB
_PEAK = 0.8  # MP3 may overshoot a little
_SILENCE = 0.01  # of the peak: -40 dB
_FLAC_STEPS = 2**11  # of the highest sample

_Spectrum = NDArray[np.complex128]


def decode(data: bytes) -> tuple[Samples, int]:
    """Return the sound of a WAV, FLAC, Ogg or MP3 file as one channel, and its sample rate."""
    try:
        samples, rate = soundfile.read(io.BytesIO(data), dtype="float32", always_2d=True)
    except (soundfile.LibsndfileError, RuntimeError, ValueError) as error:
        raise SpeechError(f"not an audio file ({len(data)} bytes)", retryable=True) from error
    return np.asarray(samples.mean(axis=1), np.float32), int(rate)


def resample(samples: Samples, rate: int, wanted: int = RATE) -> Samples:
    """Return the sound at `wanted` samples a second, same frequencies; a little silence may follow it."""
    if rate == wanted or not len(samples):
        return samples
    shared = math.gcd(rate, wanted)
    blocks = _quick_length(math.ceil(len(samples) * shared / rate))
    before, after = blocks * rate // shared, blocks * wanted // shared
    spectrum = _resized(np.fft.rfft(samples, before), after // 2 + 1)
    return np.asarray(np.fft.irfft(spectrum, after) * (after / before), np.float32)


def speech_bounds(samples: Samples) -> tuple[int, int]:
    """Return where the sound begins and ends, in samples; (0, 0) where all of it is silence."""
    loud = np.flatnonzero(np.abs(samples) > _SILENCE * np.abs(samples).max(initial=0))
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, 0)


def level(samples: Samples) -> Samples:
    """Return the sound at the loudness of all narration, with no peak cut off."""
    peak = np.abs(samples).max(initial=0)
    if not peak:
        return samples
    voiced = samples[np.abs(samples) > _SILENCE * peak]
    gain = min(_LOUDNESS / np.sqrt(np.mean(np.square(voiced))), _PEAK / peak)
    return np.asarray(samples * gain, np.float32)


def mp3(samples: Samples) -> bytes:
    """Return the MP3 file of a sound of RATE samples a second."""
    file = io.BytesIO()
    soundfile.write(
        file, samples, RATE, format="MP3", subtype="MPEG_LAYER_III",
        compression_level=_COMPRESSION_LEVEL, bitrate_mode="CONSTANT",
    )  # fmt: skip
    return file.getvalue()


def flac(samples: Samples, rate: int) -> bytes:
    """Return the FLAC file of a sound: 16 bits a sample, of which it uses 12, and the others cost nothing."""
    steps = np.asarray(np.rint(samples * _FLAC_STEPS), np.int16) * np.int16(2**15 // _FLAC_STEPS)
    file = io.BytesIO()
    soundfile.write(file, steps, rate, format="FLAC", subtype="PCM_16", compression_level=0.5)
    return file.getvalue()


def duration_ms(data: bytes) -> int:
    """Return how long an audio file plays once decoded, in whole milliseconds."""
    samples, rate = decode(data)
    return len(samples) * 1000 // rate


def _quick_length(count: int) -> int:
    """Return the next number that has no prime factor but 2, 3 and 5: a Fourier transform likes those."""
    while True:
        rest = count
        for factor in (2, 3, 5):
            while rest % factor == 0:
                rest //= factor
        if rest == 1:
            return count
        count += 1


def _resized(spectrum: _Spectrum, count: int) -> _Spectrum:
    """Cut a spectrum off, or fill it up with nothing."""
    resized = np.zeros(count, spectrum.dtype)
    shared = min(count, len(spectrum))
    resized[:shared] = spectrum[:shared]
    return resized
