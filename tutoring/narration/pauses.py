"""Word onsets from the sound itself, for engines that give none: where it rests, the text has a stop.

Pure. Letters alone place a word to 200 ms on average and 1.4 s at worst; each rest that is paired
with its punctuation sets the clock right again: 80 ms and 0.6 s (espeak-ng's own marks as the truth).
"""

from collections.abc import Sequence
from itertools import accumulate, product
from typing import NamedTuple

import numpy as np

from tutoring.narration.engine import Samples
from tutoring.narration.timing import pause_length, spoken_length

_FRAME_MS = 10
_QUIET = 0.05  # of the loudness of the speech: -26 dB
_SHORTEST_REST_MS = 90
_LETTER_MS = 70


class Rest(NamedTuple):
    """A silence between two stretches of speech, in milliseconds."""

    start: int
    end: int


def find(samples: Samples, rate: int) -> list[Rest]:
    """Return the rests within a sound that begins and ends with speech."""
    size = rate * _FRAME_MS // 1000
    frames = samples[: len(samples) // size * size].reshape(-1, size)
    if not len(frames):
        return []
    loudness = np.sqrt(np.mean(np.square(frames), axis=1))
    quiet = loudness < _QUIET * np.quantile(loudness, 0.9)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]]).astype(np.int8)))
    rests = [Rest(int(start) * _FRAME_MS, int(end) * _FRAME_MS) for start, end in edges.reshape(-1, 2)]
    return [
        rest
        for rest in rests
        if rest.end - rest.start >= _SHORTEST_REST_MS
        and rest.start > 0
        and rest.end < len(frames) * _FRAME_MS
    ]


def onsets(words: Sequence[str], rests: Sequence[Rest], duration_ms: int) -> list[tuple[int, int]]:
    """Return (word, ms) for the words that begin after a rest; `words` are spoken forms.

    Rests and punctuation are paired in order so that the time spoken between two pairs is as near as
    can be to what the letters between them say; a rest that finds no partner costs its length, a
    punctuation mark the length of its usual rest.
    """
    letters = list(accumulate(map(spoken_length, words), initial=0))
    stops = [index for index, word in enumerate(words[:-1]) if pause_length(word)]
    if not letters[-1] or not stops or not rests:
        return []
    rested = [0, *accumulate(rest.end - rest.start for rest in rests)]
    spoken_ms = duration_ms - rested[-1]
    # Both lists begin and end with the ends of the speech, which are a pair. Times count speech only.
    stop_at = np.array([0, *(letters[stop + 1] / letters[-1] * spoken_ms for stop in stops), spoken_ms])
    spoken_before = (rest.start - before for rest, before in zip(rests, rested, strict=False))
    rest_at = np.array([0, *spoken_before, spoken_ms])
    stops_left = np.array([0, *accumulate(pause_length(words[stop]) * _LETTER_MS for stop in stops)])
    rests_left = np.array(rested)

    end = (len(stops) + 1, len(rests) + 1)
    cost = np.full((len(stop_at), len(rest_at)), np.inf)  # the least up to the pair (stop, rest)
    cost[0, 0] = 0
    former: dict[tuple[int, int], tuple[int, int]] = {}
    for stop, rest in [*product(range(1, len(stops) + 1), range(1, len(rests) + 1)), end]:
        steps = (
            cost[:stop, :rest]
            + np.abs(np.subtract.outer(stop_at[:stop], rest_at[:rest]) - (stop_at[stop] - rest_at[rest]))
            + np.add.outer(stops_left[stop - 1] - stops_left[:stop], rests_left[rest - 1] - rests_left[:rest])
        )
        least = int(np.argmin(steps))
        cost[stop, rest] = steps.flat[least]
        former[stop, rest] = divmod(least, rest)
    found = []
    pair = former[end]
    while pair != (0, 0):
        found.append((stops[pair[0] - 1] + 1, rests[pair[1] - 1].end))
        pair = former[pair]
    return found[::-1]
