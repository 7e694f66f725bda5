"""Frames: whatever bytes come, the answer is a message or a clear refusal."""

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sessions import protocol
from sessions.frames import BadFrame, Codec
from sessions.protocol import CloseCode

JSON, MSGPACK = Codec(binary=False, max_bytes=1024), Codec(binary=True, max_bytes=1024)

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
message_like = st.fixed_dictionaries(
    {"type": st.sampled_from(["HELLO", "PROGRESS", "STUDENT_QUESTION", "QUESTION_CANCELLED", "PING"])},
    optional={"payload": anything, "seq": st.integers()},
)


def decode(codec: Codec, frame: str | bytes) -> None:
    """Decode a frame; a refusal is fine, anything else that is raised is not."""
    try:
        assert isinstance(codec.decode(frame), protocol.ClientMessage)
    except BadFrame as refusal:
        assert refusal.code in {"malformed", "invalid_message", "too_large", "wrong_encoding"}


@given(st.text() | st.binary())
def test_noise_is_refused_without_surprise(frame):
    decode(JSON, frame)
    decode(MSGPACK, frame)


@given(anything | message_like)
def test_well_formed_nonsense_is_refused_without_surprise(value):
    decode(JSON, json.dumps(value, default=repr))
    try:
        frame = msgspec.msgpack.encode(value)
    except (OverflowError, UnicodeEncodeError):  # numbers and texts that MessagePack cannot hold
        return
    decode(MSGPACK, frame)


def test_a_frame_as_large_as_allowed_is_read_and_one_byte_more_is_not():
    frame = '{"type":"PING"}'
    JSON.decode(frame + " " * (1024 - len(frame)))
    with pytest.raises(BadFrame) as refused:
        JSON.decode(frame + " " * (1025 - len(frame)))
    assert refused.value.close is CloseCode.TOO_LARGE


def test_size_is_counted_in_bytes_not_in_characters():
    with pytest.raises(BadFrame, match="at most 1024 bytes"):
        JSON.decode('"' + "é" * 600 + '"')


def test_a_refusal_never_repeats_the_childs_words():
    frame = json.dumps(
        {"type": "STUDENT_QUESTION", "payload": {"id": "no", "questionText": "my secret", "context": 1}}
    )
    with pytest.raises(BadFrame) as refused:
        JSON.decode(frame)
    assert "secret" not in refused.value.message


def test_every_client_message_survives_both_encodings():
    asked = protocol.AskedQuestion(
        "0b5c2c2e-94a6-4a0e-a4a4-5ed0d0a2f6ab", "Why? 🦉", protocol.Position(4, 900)
    )
    messages = [
        protocol.Hello(protocol.HelloPayload("e", 3, protocol.Position(1, 2), 10, (asked,))),
        protocol.Progress(protocol.ProgressPayload(1, 2, True, 3)),
        protocol.StudentQuestion(asked),
        protocol.QuestionCancelled(protocol.QuestionCancelledPayload(asked.id)),
        protocol.Ping(),
    ]
    for message in messages:
        assert JSON.decode(msgspec.json.encode(message).decode()) == message
        assert MSGPACK.decode(msgspec.msgpack.encode(message)) == message
