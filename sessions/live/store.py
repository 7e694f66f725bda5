"""The operations on a live session, each one atomic call to Redis.

`places` has those on where its child is, `ledger` those on its questions once they are asked.
Times are Unix milliseconds of this server's clock. Redis being away raises
`redis.exceptions.RedisError`; a session that is not in Redis raises `SessionAbsent`,
a socket that has been succeeded by a newer one `SessionFenced`.
"""

import secrets
import time
from collections.abc import Iterable, Sequence

import msgspec
from django.conf import settings

from sessions import protocol
from sessions.live import keys
from sessions.live.connection import Command, Script, client, execute
from sessions.live.records import (
    Head,
    LiveProgress,
    Published,
    Restored,
    Seed,
    SessionAbsent,
    SessionFenced,
    SessionForbidden,
)

_seed = Script("seed")
_restore = Script("restore", shared=True)
_check_owner = Script("check_owner", shared=True)
_ask = Script("ask", shared=True)
_cancel = Script("cancel", shared=True)
_leave = Script("leave")

# A question that has not ended by then is looked at: was the job lost, has its worker died?
_FIRST_LOOK_MS = 5_000

_durable = msgspec.msgpack.Decoder(protocol.DurableMessage)
_encode = msgspec.msgpack.Encoder().encode


def now() -> int:
    """Return the time in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def fresh_epoch() -> str:
    """Return a name for an epoch that has never been before."""
    return secrets.token_hex(8)


def numbered(seq: int, message: bytes) -> protocol.DurableMessage:
    """Return an outbox entry as the message that goes to the client."""
    return msgspec.structs.replace(_durable.decode(message), seq=seq)


async def seed(start: Seed) -> bool:
    """Put a session into Redis if it is not there, nor erased since; return whether it was put.

    HELLO gives it an epoch.
    """
    fields = {
        "student_id": start.student_id,
        "book_id": start.book_id,
        "word_count": start.word_count,
        "word_index": start.word_index,
        "audio_timestamp": start.audio_timestamp,
        "position_at": start.position_at,
        "last_active": now(),
        "epoch": "",
        "run": "",
        "seq": 0,
        "acked": 0,
        "owner": "",
        "server_id": "",
        "last_owner": "",
        "question_id": "",
        "state": "away",
        "grade": start.grade,
    }
    flat = [part for pair in fields.items() for part in pair]
    names = (*keys.session(start.session_id), keys.erased(start.session_id))
    (put,) = await execute(_seed.on(names, settings.LIVE_SESSION_TTL, *flat))
    return bool(put)


async def restore(
    session_id: str, student_id: int, owner: str, server: str, hello: protocol.HelloPayload
) -> Restored:
    """Make `owner` (a socket on the channel `server`) the session's owner; return what its client lacks.

    The questions that the client says again are kept if they are new; one round trip for everything.
    """
    moment = now()
    position = hello.position
    questions = [
        part
        for question in hello.unacknowledged
        for part in (
            question.id,
            question.question_text,
            question.context.word_index,
            question.context.audio_timestamp,
            _acknowledgement(question),
            *_previous(question),
        )
    ]
    *_, reply = await execute(
        *_to_look_at(session_id, hello.unacknowledged, moment),
        _dirty(session_id, moment),
        _restore.on(
            keys.session(session_id),
            moment,
            settings.LIVE_SESSION_TTL,
            fresh_epoch(),
            student_id,
            owner,
            server,
            hello.epoch or "",
            hello.last_seq,
            position.word_index if position else -1,
            position.audio_timestamp if position else 0,
            moment - hello.position_age_ms,
            hello.owner or "",
            moment + settings.ANSWER_SECONDS * 1000,
            *questions,
        ),
    )
    if reply[0] == b"absent":
        raise SessionAbsent(session_id)
    if reply[0] == b"forbidden":
        raise SessionForbidden(session_id)
    entries = reply[9]
    return Restored(
        epoch=reply[1].decode(),
        word_index=int(reply[2]),
        audio_timestamp=int(reply[3]),
        last_seq=reply[4],
        outcome=protocol.Outcome(reply[5].decode()),
        word_count=reply[6],
        former_owner=reply[7].decode(),
        former_server=reply[8].decode(),
        pending=tuple(numbered(*entry) for entry in zip(entries[::2], entries[1::2], strict=True)),
        asked=tuple(question_id.decode() for question_id in reply[10]),
    )


async def ask(
    session_id: str, owner: str, question: protocol.AskedQuestion, told: LiveProgress | None = None
) -> Published | None:
    """Keep a question and owe its acknowledgement; None if it is known already: each is answered once.

    An earlier one that is still open is cancelled. `told` is the place before it that has not been written;
    the tutor is given no more of the book than can have been heard from there.
    """
    moment = now()
    acknowledgement = _acknowledgement(question)
    *_, reply = await execute(
        *_to_look_at(session_id, [question], moment),
        _dirty(session_id, moment),
        _ask.on(
            keys.session(session_id),
            moment,
            settings.LIVE_SESSION_TTL,
            fresh_epoch(),
            owner,
            moment + settings.ANSWER_SECONDS * 1000,
            question.id,
            question.question_text,
            question.context.word_index,
            question.context.audio_timestamp,
            acknowledgement,
            *_previous(question),
            *((told.word_index, told.at, int(told.playing)) if told else (-1, 0, 0)),
        ),
    )
    _raise_refusal(reply[0], session_id)
    return Published(reply[1], owner, "", acknowledgement) if reply[0] == b"ok" else None


def _to_look_at(
    session_id: str, questions: Sequence[protocol.AskedQuestion], moment: int
) -> Iterable[Command]:
    """Put the questions on the list before they are kept: at worst something is looked at in vain."""
    if questions:
        due = [
            part
            for question in questions
            for part in (moment + _FIRST_LOOK_MS, keys.question(session_id, question.id))
        ]
        yield Command(("ZADD", keys.DUE, "NX", *due), first=True)


def _dirty(session_id: str, moment: int) -> Command:
    return Command(("ZADD", keys.DIRTY, moment, session_id))


def _acknowledgement(question: protocol.AskedQuestion) -> bytes:
    payload = protocol.InterruptionAcknowledgedPayload(question.id, question.context.word_index)
    return _encode(protocol.InterruptionAcknowledged(payload))


def _previous(question: protocol.AskedQuestion) -> tuple[str, int]:
    previous = question.previous
    return (previous.question_id, previous.heard) if previous else ("", 0)


async def cancel(session_id: str, owner: str, question_id: str) -> None:
    """Want no (further) answer to a question, even if it is asked again."""
    (reply,) = await execute(
        _cancel.on(keys.session(session_id), now(), settings.LIVE_SESSION_TTL, owner, question_id)
    )
    _raise_refusal(reply, session_id)


def _raise_refusal(reply: bytes, session_id: str) -> None:
    if reply == b"absent":
        raise SessionAbsent(session_id)
    if reply == b"fenced":
        raise SessionFenced(session_id)


async def check_owner(session_id: str, owner: str) -> None:
    """Raise SessionFenced if a newer socket owns the session; SessionAbsent if that cannot be known."""
    (reply,) = await execute(_check_owner.on(keys.session(session_id), owner))
    _raise_refusal(reply, session_id)


async def leave(session_id: str, owner: str) -> None:
    """The owner's socket has gone. Nothing happens if a newer one has taken over."""
    moment = now()
    await execute(_dirty(session_id, moment), _leave.on(keys.session(session_id), moment, owner))


async def since(session_id: str, seq: int, limit: int | None = None) -> list[tuple[int, bytes]]:
    """Return the outbox entries after `seq`, in order; the first `limit` of them."""
    outbox = keys.session(session_id)[1]
    entries = await client().xrange(outbox, min=f"({seq}-0", count=limit)
    return [(int(name.partition(b"-")[0]), fields[b"m"]) for name, fields in entries]


async def heads(session_ids: Sequence[str]) -> list[Head | None]:
    """Return the heads of many sessions, in one round trip; None for one not in Redis."""
    replies = await execute(
        *(Command(("HMGET", keys.session(session_id)[0], *Head._fields)) for session_id in session_ids)
    )
    return [
        Head(owner.decode(), int(seq), question_id.decode()) if seq is not None else None
        for owner, seq, question_id in replies
    ]
