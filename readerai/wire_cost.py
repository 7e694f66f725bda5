"""How many bytes a reading child and its server exchange, counted on the protocol's own frames. Pure.

A frame costs what it holds, its WebSocket header (with a mask from the client), its TLS record and the
headers of its packet. The receiver's acknowledgement is a packet of its own.
"""

from dataclasses import dataclass

import msgspec

from sessions import protocol

_ENCODE = {
    protocol.MSGPACK: msgspec.msgpack.Encoder().encode,
    protocol.JSON: msgspec.json.Encoder().encode,
}
# RFC 6455: two bytes, from 126 bytes on four; a client masks with four more.
_SMALL_FRAME = 125
_MASK = 4
_TLS_RECORD = 22  # RFC 8446: header 5, type 1, tag 16
_PACKET = 52  # IPv4 20, TCP 20 with 12 of time stamps

_PING_SECONDS = 15  # PING_MS of static/reader/session-client.js: who hears nothing asks

_QUESTION_ID = "0b8f6f7e-52cb-4f0e-9c7f-0a5b1d6f3c11"
WORD_SECONDS = 60 / 150  # read aloud
_QUESTION = "Why does the fox hide from the others?"
SENTENCES = (
    "The fox is shy of the light and of the noise.",
    "She has not told the owl what she is waiting for.",
    "Let us read on and find out!",
)
PLACE = protocol.Progress(protocol.ProgressPayload(1_234, 45_678, True, 7))
_AUDIO_URL = "/media/narration/0f/0fd0a0a1b6e24f4d9a7f6d0f5c3b2a1908f7e6d5c4b3a291.flac"


@dataclass(frozen=True)
class Traffic:
    """Bytes from the child to the server (`up`) and back (`down`), with everything that a network charges."""

    up: float
    down: float

    @property
    def both(self) -> float:
        """Return the sum of both ways."""
        return self.up + self.down


def frame(payload: int, *, masked: bool) -> int:
    """Return the bytes of one frame in a packet of its own."""
    header = (2 if payload <= _SMALL_FRAME else 4) + (_MASK if masked else 0)
    return payload + header + _TLS_RECORD + _PACKET


def reading_minute(subprotocol: str, progress_every: float) -> Traffic:
    """Return what a minute of reading takes: a place every `progress_every` seconds, and signs of life.

    Nothing answers a place but TCP; so a reader hears nothing, and asks with PING.
    """
    encode, times, pings = _ENCODE[subprotocol], 60 / progress_every, 60 / _PING_SECONDS
    place = frame(len(encode(PLACE)), masked=True)
    ping = frame(len(encode(protocol.Ping())), masked=True)
    pong = frame(len(encode(protocol.Pong())), masked=False)
    return Traffic(times * place + pings * (ping + _PACKET), times * _PACKET + pings * pong)


def question(subprotocol: str) -> Traffic:
    """Return what a question and its answer of three sentences take on the socket, without the sound."""
    encode = _ENCODE[subprotocol]
    asked, told = conversation()
    return Traffic(
        sum(frame(len(encode(message)), masked=True) for message in asked) + len(told) * _PACKET,
        sum(frame(len(encode(message)), masked=False) for message in told) + len(asked) * _PACKET,
    )


def conversation() -> tuple[list[protocol.ClientMessage], list[protocol.DurableMessage]]:
    """Return what the child and what the server says about one question."""
    asked = protocol.AskedQuestion(_QUESTION_ID, _QUESTION, protocol.Position(1_234, 45_678))
    heard = protocol.AnswerHeardPayload(_QUESTION_ID, len(SENTENCES), 9_000)
    told: list[protocol.DurableMessage] = [
        protocol.InterruptionAcknowledged(protocol.InterruptionAcknowledgedPayload(_QUESTION_ID, 1_234), 8)
    ]
    for index, text in enumerate(SENTENCES):
        words = tuple(text.split())
        times = tuple((300 * place, 300 * place + 280) for place in range(len(words)))
        said = protocol.AnswerSentencePayload(_QUESTION_ID, index, text, words, _AUDIO_URL, times)
        told.append(protocol.AnswerSentence(said, 9 + index))
    complete = protocol.AnswerCompletePayload(_QUESTION_ID, len(SENTENCES), "model")
    told.append(protocol.AnswerComplete(complete, 12))
    return [protocol.StudentQuestion(asked), protocol.AnswerHeard(heard)], told
