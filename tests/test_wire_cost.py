"""Bytes on the wire are those of real frames."""

import msgspec
import pytest
from websockets.frames import Frame, Opcode

from readerai.wire_cost import frame, question, reading_minute
from sessions import protocol

AROUND = 22 + 52  # the TLS record's and the packet's own


@pytest.mark.parametrize("length", [0, 125, 126, 1_000])
@pytest.mark.parametrize("masked", [True, False])
def test_a_frame_is_as_long_as_the_library_websockets_makes_it(length, masked):
    real = Frame(Opcode.BINARY, b"x" * length).serialize(mask=masked)
    assert frame(length, masked=masked) == len(real) + AROUND


def test_a_place_each_second_costs_five_times_what_it_costs_every_five():
    each, seldom = (reading_minute(protocol.MSGPACK, every) for every in (1, 5))
    assert each.both == 5 * seldom.both
    place = protocol.Progress(protocol.ProgressPayload(1_234, 45_678, True, 7))
    assert each.up == 60 * frame(len(msgspec.msgpack.encode(place)), masked=True)


def test_messagepack_takes_less_than_json():
    for packed, text in (
        (reading_minute(protocol.MSGPACK, 1), reading_minute(protocol.JSON, 1)),
        (question(protocol.MSGPACK), question(protocol.JSON)),
    ):
        assert packed.up < text.up
        assert packed.down <= text.down
