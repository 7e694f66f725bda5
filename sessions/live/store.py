"""Every operation on a live session, each one atomic call to Redis.

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
from sessions.live.connection import Script, client
from sessions.live.records import (
    LiveError,
    LivePosition,
    LiveProgress,
    LiveQuestion,
    Published,
    Restored,
    Seed,
    SessionAbsent,
    SessionFenced,
    SessionForbidden,
)

_seed = Script("seed")
_restore = Script("restore")
_progress = Script("progress")
_ask = Script("ask")
_cancel = Script("cancel")
_claim = Script("claim")
_publish = Script("publish")
_leave = Script("leave")
_clean = Script("clean")

_durable = msgspec.msgpack.Decoder(protocol.DurableMessage)
_encode = msgspec.msgpack.Encoder().encode


def now() -> int:
    """Return the time in Unix milliseconds."""
    return time.time_ns() // 1_000_000


def numbered(seq: int, message: bytes) -> protocol.DurableMessage:
    """Return an outbox entry as the message that goes to the client."""
    return msgspec.structs.replace(_durable.decode(message), seq=seq)


async def seed(start: Seed) -> bool:
    """Put a session into Redis under a new epoch if it is not there; return whether it was put."""
    fields = {
        "student_id": start.student_id,
        "book_id": start.book_id,
        "word_count": start.word_count,
        "word_index": start.word_index,
        "audio_timestamp": start.audio_timestamp,
        "position_at": start.position_at,
        "last_active": now(),
        "epoch": secrets.token_hex(8),
        "seq": 0,
        "acked": 0,
        "owner": "",
        "server_id": "",
        "question_id": "",
        "state": "away",
    }
    flat = [part for pair in fields.items() for part in pair]
    return bool(await _seed(keys.session(start.session_id), settings.LIVE_SESSION_TTL, *flat))


async def restore(
    session_id: str, student_id: int, owner: str, server: str, hello: protocol.HelloPayload
) -> Restored:
    """Make `owner` (a socket on the channel `server`) the session's owner; return what its client lacks."""
    moment = now()
    position = hello.position
    reply = await _restore(
        keys.session(session_id),
        moment,
        settings.LIVE_SESSION_TTL,
        student_id,
        owner,
        server,
        hello.epoch or "",
        hello.last_seq,
        position.word_index if position else -1,
        position.audio_timestamp if position else 0,
        moment - hello.position_age_ms,
    )
    if reply[0] == b"absent":
        raise SessionAbsent(session_id)
    if reply[0] == b"forbidden":
        raise SessionForbidden(session_id)
    entries = reply[9]
    return Restored(
        epoch=reply[1].decode(),
        word_index=reply[2],
        audio_timestamp=reply[3],
        last_seq=reply[4],
        outcome=protocol.Outcome(reply[5].decode()),
        word_count=reply[6],
        former_owner=reply[7].decode(),
        former_server=reply[8].decode(),
        pending=tuple(numbered(*entry) for entry in zip(entries[::2], entries[1::2], strict=True)),
    )


async def progress(updates: Sequence[LiveProgress]) -> list[LiveError | None]:
    """Write many sessions' newest positions in one round trip, and list them for the checkpoint in another.

    Returns None for each that was written.
    """
    moment = now()
    replies = await _progress.many(
        [
            (
                keys.session(update.session_id),
                (
                    moment,
                    settings.LIVE_SESSION_TTL,
                    update.owner,
                    update.word_index,
                    update.audio_timestamp,
                    int(update.playing),
                    update.ack,
                ),
            )
            for update in updates
        ]
    )
    await mark_dirty(update.session_id for update in updates)
    return [_refusal(reply, update.session_id) for reply, update in zip(replies, updates, strict=True)]


async def ask(
    session_id: str, owner: str, questions: Sequence[protocol.AskedQuestion], word_count: int
) -> list[tuple[protocol.AskedQuestion, Published]]:
    """Keep each question that is new and owe its acknowledgement; the last one asked is the current one.

    Returns the new ones only: a question whose id is known already is answered once.
    """
    moment = now()
    calls = []
    acknowledgements = []
    for question in questions:
        word_index = min(question.context.word_index, word_count)
        acknowledgements.append(
            _encode(
                protocol.InterruptionAcknowledged(
                    protocol.InterruptionAcknowledgedPayload(question.id, word_index)
                )
            )
        )
        calls.append(
            (
                keys.session(session_id),
                (
                    moment,
                    settings.LIVE_SESSION_TTL,
                    owner,
                    question.id,
                    question.question_text,
                    word_index,
                    question.context.audio_timestamp,
                    acknowledgements[-1],
                ),
            )
        )
    asked = []
    for reply, question, message in zip(await _ask.many(calls), questions, acknowledgements, strict=True):
        if refusal := _refusal(reply[0], session_id):
            raise refusal
        if reply[0] == b"ok":
            asked.append((question, Published(reply[1], owner, "", message)))
    return asked


async def cancel(session_id: str, owner: str, question_id: str) -> None:
    """Want no (further) answer to a question, even if it is asked again."""
    reply = await _cancel(keys.session(session_id), now(), settings.LIVE_SESSION_TTL, owner, question_id)
    if refusal := _refusal(reply, session_id):
        raise refusal


async def leave(session_id: str, owner: str) -> None:
    """The owner's socket has gone. Nothing happens if a newer one has taken over."""
    await _leave(keys.session(session_id), now(), owner)
    await mark_dirty([session_id])


async def claim(session_id: str, question_id: str, lease_ms: int) -> LiveQuestion | None:
    """Take a question to answer it within `lease_ms`; None if it is not wanted or another worker has it."""
    reply = await _claim(keys.session(session_id), now(), lease_ms, question_id)
    if reply is None:
        return None
    student_id, book_id, text, word_index, asked_at = reply
    return LiveQuestion(
        question_id, session_id, int(student_id), int(book_id), text.decode(), word_index, asked_at
    )


async def publish(session_id: str, message: protocol.DurableMessage) -> Published | None:
    """Put a message of an answer into the outbox; None if the question is no longer wanted.

    Safe to repeat: `seq` is 0 for what is there already.
    """
    final = isinstance(message, protocol.AnswerComplete | protocol.AnswerFailed)
    encoded = _encode(message)
    reply = await _publish(
        keys.session(session_id),
        settings.LIVE_SESSION_TTL,
        message.payload.question_id,
        encoded,
        int(final),
        message.payload.index if isinstance(message, protocol.AnswerSentence) else -1,
    )
    if reply is None:
        return None
    return Published(reply[0], reply[1].decode(), reply[2].decode(), encoded)


async def since(session_id: str, seq: int) -> list[tuple[int, bytes]]:
    """Return the outbox entries after `seq`, in order."""
    outbox = keys.session(session_id)[1]
    entries = await client().xrange(outbox, min=f"({seq}-0")
    return [(int(name.partition(b"-")[0]), fields[b"m"]) for name, fields in entries]


async def heads(session_ids: Sequence[str]) -> list[tuple[str, int] | None]:
    """Return (owner, last seq) of many sessions in one round trip; None for one that is not in Redis."""
    pipeline = client().pipeline(transaction=False)
    for session_id in session_ids:
        pipeline.hmget(keys.session(session_id)[0], "owner", "seq")
    return [
        (owner.decode(), int(seq)) if seq is not None else None for owner, seq in await pipeline.execute()
    ]


async def positions(session_ids: Sequence[str]) -> list[LivePosition | None]:
    """Return where many sessions are, in one round trip; None for one that is not in Redis."""
    pipeline = client().pipeline(transaction=False)
    for session_id in session_ids:
        pipeline.hmget(keys.session(session_id)[0], *LivePosition._fields)
    return [
        LivePosition(*map(int, values)) if values[0] is not None else None
        for values in await pipeline.execute()
    ]


async def mark_dirty(session_ids: Iterable[str]) -> None:
    """List sessions for the next checkpoint."""
    moment = now()
    if scores := dict.fromkeys(session_ids, moment):
        await client().zadd(keys.DIRTY, scores)


async def dirty(limit: int) -> dict[str, int]:
    """Return the sessions that moved since their checkpoint and when, longest waiting first."""
    return {
        member.decode(): int(score)
        for member, score in await client().zrange(keys.DIRTY, 0, limit - 1, withscores=True)
    }


async def clean(sessions: dict[str, int]) -> None:
    """Take sessions off the list, except those that have moved again since `dirty` returned them."""
    if sessions:
        await _clean((keys.DIRTY,), *[part for pair in sessions.items() for part in pair])


def _refusal(reply: bytes, session_id: str) -> LiveError | None:
    if reply == b"absent":
        return SessionAbsent(session_id)
    if reply == b"fenced":
        return SessionFenced(session_id)
    return None
