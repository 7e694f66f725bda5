"""Events of a stream: whole, however the network cuts them, and none without an end."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tutoring.tutors.event_stream import LONGEST, EventStream


def fed(*reads: bytes) -> list[bytes]:
    stream = EventStream()
    return [event for read in reads for event in stream.feed(read)]


LINES = st.lists(
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n"), min_size=1).map(str.encode),
    min_size=1,
    max_size=3,
)


@given(st.lists(LINES, max_size=5), st.sampled_from([b"\n", b"\r\n"]), st.lists(st.integers(0, 400)))
def test_events_are_the_same_wherever_the_network_cuts_them(events, end, cuts):
    wire = b"".join(b"".join(b"data: " + line + end for line in event) + end for event in events)
    places = sorted({0, len(wire), *(cut for cut in cuts if cut < len(wire))})
    reads = [wire[start:stop] for start, stop in zip(places, places[1:], strict=False)]
    assert fed(*reads) == [b"\n".join(event) for event in events]


def test_comments_names_and_empty_lines_say_nothing():
    assert fed(b": still thinking\n\n\nevent: piece\nid: 7\ndata:one\n\nretry: 3\n\n") == [b"one"]


def test_an_event_that_has_not_ended_is_not_told():
    assert fed(b"data: one\n") == []


@pytest.mark.parametrize("read", [b"x" * 1_000, b"data: " + b"x" * 1_000 + b"\n"], ids=["line", "event"])
def test_what_has_no_end_is_given_up(read):
    stream = EventStream()
    with pytest.raises(ValueError, match="65536 bytes"):
        for _ in range(LONGEST // 1_000 + 1):
            stream.feed(read)
