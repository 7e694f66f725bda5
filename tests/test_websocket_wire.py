"""Frames as bytes: what is taken for a whole message is one, and what is sent is what the library sends."""

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.protocol import SERVER, Protocol

from readerai.websocket import wire

MAX = 1 << 20
opcodes = st.sampled_from([wire.TEXT, wire.BINARY])
payloads = st.one_of(st.binary(max_size=130), st.sampled_from([125, 126, 127, 65_535, 65_536]).map(bytes))


def from_client(opcode: int, payload: bytes, fin: bool = True) -> bytes:
    """Return a frame as a client sends it."""
    return Frame(Opcode(opcode), payload, fin=fin).serialize(mask=True)


@given(opcodes, payloads.filter(lambda payload: len(payload) < 65_536), st.binary(max_size=9))
def test_a_whole_frame_is_found_with_whatever_stands_around_it(opcode, payload, before):
    frame = from_client(opcode, payload)
    for after in (b"", b"\x82", from_client(wire.TEXT, b"more")):
        found = wire.whole_message(before + frame + after, len(before), MAX)
        assert found == (opcode, payload, len(before) + len(frame))


@given(opcodes, payloads, st.data())
def test_a_frame_that_is_cut_off_is_none(opcode, payload, data):
    frame = from_client(opcode, payload)
    cut = data.draw(st.integers(0, len(frame) - 1))
    assert wire.whole_message(frame[:cut], 0, MAX) is None


def test_what_is_rarer_is_left_to_the_library():
    good = from_client(wire.BINARY, b"word")
    unmasked = Frame(Opcode.BINARY, b"word").serialize(mask=False)
    said_too_long = bytes((0x82, 0xFE, 0, 4)) + good[2:]
    for frame in (
        from_client(wire.BINARY, b"word", fin=False),
        from_client(Opcode.CONT, b"word"),
        from_client(Opcode.PING, b"word"),
        from_client(Opcode.CLOSE, b"\x03\xe8"),
        unmasked,
        unmasked + good,
        said_too_long,
        *(bytes((0x82 | reserved, *good[1:])) for reserved in (0x10, 0x20, 0x40)),
        from_client(wire.BINARY, bytes(65_536)),
    ):
        assert wire.whole_message(frame, 0, MAX) is None
    assert wire.whole_message(from_client(wire.BINARY, bytes(11)), 0, max_size=10) is None
    assert wire.whole_message(from_client(wire.BINARY, bytes(10)), 0, max_size=10) is not None


@given(st.binary(max_size=300))
def test_noise_is_a_message_only_where_the_library_finds_the_same_one(noise):
    found = wire.whole_message(noise, 0, MAX)
    if found is None:
        return
    library = Protocol(SERVER)
    library.receive_data(noise)
    first = library.events_received()[0]
    assert (int(first.opcode), bytes(first.data), first.fin) == (found.opcode, found.payload, True)


@given(opcodes, payloads)
def test_a_frame_to_a_client_is_the_librarys(opcode, payload):
    assert wire.frame(opcode, payload) == Frame(Opcode(opcode), payload).serialize(mask=False)
