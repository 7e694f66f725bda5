"""The timing contract: every displayed word has one `[start, end)`, in milliseconds.

Pure. The intervals follow one another without a gap (a word stays lit through the pause after
it), each at least SHORTEST_MS long, the last ending at the end of the speech. That holds for
whatever an engine claims: its onsets are taken where they are possible, the rest is interpolated by
the length of what is said.
"""

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

SHORTEST_MS = 20

# In letters, of which a voice says about 14 a second.
_NUMBER_LENGTH = 5  # a digit or sign is said as a word
_SHORT_PAUSE = 4
_LONG_PAUSE = 9

Interval = tuple[int, int]


def shortest_ms(word_count: int) -> int:
    """Return how long speech of that many words must last at least."""
    return word_count * SHORTEST_MS


def spoken_length(word: str) -> int:
    """Return how long a word takes to say, counted in letters; 0 for a silent one."""
    length = 0
    for character in word:
        category = unicodedata.category(character)
        if category[0] in "NS" or character in "&%@":
            length += _NUMBER_LENGTH
        elif category[0] == "L":
            length += 1
    return length


def pause_length(word: str) -> int:
    """Return how long a voice rests after a word, counted in letters."""
    if word.endswith((".", "!", "?", "…", "。", "！", "？", "।", "؟")):
        return _LONG_PAUSE
    return _SHORT_PAUSE if word.endswith((",", ";", ":", "、", "，", "،")) else 0


def word_times(
    words: Sequence[str], onsets: Iterable[tuple[int, int]], begin_ms: int, end_ms: int
) -> list[Interval]:
    """Return each word's interval within the speech, which lasts from `begin_ms` to `end_ms`.

    `words` are spoken forms; `onsets` are (word, ms) as an engine gave them, in any order, trusted in
    nothing. Raises ValueError where the speech is shorter than `shortest_ms(len(words))`.
    """
    count = len(words)
    if not count:
        return []
    # A word's slack is its start less the shortest time of the words before it. Slacks that never
    # fall are the same as starts that leave every word its shortest time.
    last_slack = end_ms - shortest_ms(count)
    if last_slack < begin_ms:
        raise ValueError(f"{count} words need {shortest_ms(count)} ms, not {end_ms - begin_ms}")
    first_onset: dict[int, int] = {}
    for word, at in onsets:
        if 0 <= word < count and begin_ms <= at <= end_ms:
            first_onset[word] = min(at, first_onset.get(word, at))
    candidates = [
        (word, min(max(at - word * SHORTEST_MS, begin_ms), last_slack))
        for word, at in sorted(first_onset.items())
    ]
    anchors = _longest_in_order(candidates)
    if not anchors or anchors[0][0] > 0:
        anchors.insert(0, (0, begin_ms))
    anchors.append((count, last_slack))
    starts = [
        slack + word * SHORTEST_MS
        for former, latter in pairwise(anchors)
        for word, slack in _interpolate(words, former, latter)
    ]
    return list(pairwise([*starts, end_ms]))


def problem(times: Sequence[Sequence[int]], word_count: int, duration_ms: int) -> str | None:
    """Tell in one line how times break the contract for so many words and so long an audio; else None."""
    if len(times) != word_count:
        return f"{len(times)} word times for {word_count} words"
    former_end = 0
    for index, (start, end) in enumerate(times):
        if not former_end <= start < end:
            return f"word {index} has [{start}, {end}) after {former_end}"
        former_end = end
    if former_end > duration_ms:
        return f"the last word ends at {former_end} ms, the audio at {duration_ms} ms"
    return None


def _longest_in_order(candidates: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the longest part of (word, slack) whose slacks never fall: one wild onset spoils only itself."""
    tail_slacks: list[int] = []  # the lowest slack that ends an ordered part of each length
    tails: list[int] = []
    former: list[int | None] = []
    for index, (_, slack) in enumerate(candidates):
        length = bisect_right(tail_slacks, slack)
        former.append(tails[length - 1] if length else None)
        tail_slacks[length : length + 1] = [slack]
        tails[length : length + 1] = [index]
    chain = []
    at = tails[-1] if tails else None
    while at is not None:
        chain.append(candidates[at])
        at = former[at]
    return chain[::-1]


def _interpolate(
    words: Sequence[str], former: tuple[int, int], latter: tuple[int, int]
) -> Iterable[tuple[int, int]]:
    """Yield (word, slack) for the words from `former` up to `latter`, by the length of what is said."""
    (first, low), (after, high) = former, latter
    lengths = [spoken_length(word) + pause_length(word) for word in words[first:after]]
    if after == len(words):
        lengths[-1] = spoken_length(words[-1])  # the speech ends with the last word, not after its pause
    total = sum(lengths) or 1
    said = accumulate(lengths[:-1], initial=0)
    return ((first + index, low + (high - low) * part // total) for index, part in enumerate(said))
