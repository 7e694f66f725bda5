"""What must hold of word times and of audio."""

from collections.abc import Sequence

from readerai.smoke.client import expect

AUDIO_TOLERANCE_MS = 150  # an encoder pads the ends


def check_times(times: Sequence[Sequence[int]], words: int, duration_ms: int) -> None:
    """Insist on one `[start, end)` for every word: in order, not empty, not overlapping, within the audio."""
    expect(len(times) == words, f"{words} word times, one for each word", len(times))
    before = 0
    for index, (start, end) in enumerate(times):
        expect(before <= start < end, f"word {index} to be spoken after {before} ms", f"[{start}, {end})")
        before = end
    expect(before <= duration_ms, f"the last word to end within {duration_ms} ms", before)


def check_length(came_ms: int, expected_ms: int) -> str:
    """Insist that audio is as long as it was said to be."""
    near = abs(came_ms - expected_ms) <= AUDIO_TOLERANCE_MS
    expect(near, f"about {expected_ms} ms of audio", f"{came_ms} ms")
    return f"{came_ms} ms decoded, whole and by Range"
