"""The ledger of questions: each is answered once, by one worker at a time, whatever job or worker is lost.

A question is claimed for a lease, which its worker renews while it lives. The set `keys.DUE` says
which questions to look at and when; whoever looks finds the lost job and the dead worker.
"""

import msgspec
from django.conf import settings

from sessions import protocol
from sessions.live import keys
from sessions.live.connection import Command, Script, execute
from sessions.live.records import DEFAULT_GRADE, DueQuestion, LiveQuestion, Published, Verdict
from sessions.live.store import fresh_epoch, now

_claim = Script("claim", shared=True)
_renew = Script("renew", shared=True)
_publish = Script("publish", shared=True)
_let_go = Script("let_go", shared=True)
_inspect = Script("inspect", shared=True)
_take_due = Script("take_due")

_LOOK_AGAIN_MS = 10_000  # after a job has been sent again
_BATCH = 200  # questions looked at in one go
_EXPIRY_MARGIN_MS = 5_000  # the worker itself ends the question at its deadline; it may be a little late

_encode = msgspec.msgpack.Encoder().encode


async def claim(session_id: str, question_id: str, token: str) -> LiveQuestion | None:
    """Take a question for a lease; None if it is not wanted or another worker has it.

    One that has ended before any worker looked at it is given out too. Safe to repeat with the same token.
    """
    (reply,) = await execute(_claim.on(keys.session(session_id), now(), _lease_ms(), token, question_id))
    if reply is None:
        return None
    student_id, book_id, text, word_index, asked_at, attempt, deadline, said, grade, before, ended = reply
    return LiveQuestion(
        id=question_id,
        session_id=session_id,
        student_id=int(student_id),
        book_id=int(book_id),
        text=text.decode(),
        word_index=word_index,
        asked_at_ms=asked_at,
        token=token,
        attempt=attempt,
        said=tuple(sentence.decode() for sentence in said),
        deadline_ms=deadline,
        grade=float(grade) if grade else DEFAULT_GRADE,
        before=tuple((asked.decode(), heard.decode()) for asked, heard in before),
        ended=ended.decode(),
    )


async def renew(question: LiveQuestion) -> bool:
    """Keep a claimed question for another lease; False when the claim does not hold any more."""
    names = keys.session(question.session_id)
    (reply,) = await execute(_renew.on(names, now(), _lease_ms(), question.token, question.id))
    return reply is not None


async def publish(session_id: str, token: str, message: protocol.DurableMessage) -> Published | None:
    """Put a message of an answer into the outbox; None if it is not wanted from the holder of this token.

    Nor if a sentence before it is missing, because Redis has lost it. An empty token speaks for
    whoever has the question. A sentence that is there already, and a second
    end, have `seq` 0: safe to repeat.
    """
    before, text = -1, ""
    if isinstance(message, protocol.AnswerSentence):
        before, text = message.payload.index, message.payload.text
    elif isinstance(message, protocol.AnswerComplete):
        before = message.payload.sentences
    encoded = _encode(message)
    (reply,) = await execute(
        _publish.on(
            keys.session(session_id),
            settings.LIVE_SESSION_TTL,
            fresh_epoch(),
            token,
            message.payload.question_id,
            encoded,
            int(isinstance(message, protocol.AnswerComplete | protocol.AnswerFailed)),
            before,
            text,
        )
    )
    if reply is None:
        return None
    return Published(reply[0], reply[1].decode(), reply[2].decode(), encoded)


async def status(session_id: str, question_id: str) -> str:
    """Return a question's status: asked, answering, ended or cancelled; empty: Redis does not know it."""
    (entry,) = await execute(Command(("HGET", keys.session(session_id)[2], question_id)))
    return msgspec.json.decode(entry)["status"] if entry else ""


async def let_go(session_id: str, question_id: str) -> str:
    """Leave a question that has ended, whose text was looked at; return its status as `status` does."""
    (reply,) = await execute(_let_go.on(keys.session(session_id), question_id))
    return reply.decode()


async def text(session_id: str, question_id: str) -> str:
    """Return a question as the child asked it; empty: Redis does not know it (any more)."""
    (entry,) = await execute(Command(("HGET", keys.session(session_id)[2], question_id)))
    return msgspec.json.decode(entry).get("text", "") if entry else ""


async def look() -> list[DueQuestion]:
    """Look at the questions that are due; return those for which somebody has to do something.

    No other process looks at them at the same time; what is returned is looked at again later, until it has
    ended and a worker has looked at its text.
    """
    moment = now()
    (members,) = await execute(_take_due.on((keys.DUE,), moment, moment + _LOOK_AGAIN_MS, _BATCH))
    questions = [keys.question_of(member.decode()) for member in members]
    replies = await execute(
        *(
            _inspect.on(
                keys.session(session_id), moment, _EXPIRY_MARGIN_MS, question_id, settings.LIVE_SESSION_TTL
            )
            for session_id, question_id in questions
        )
    )
    found = [
        DueQuestion(*question, Verdict(reply[0].decode()), *reply[1:])
        for question, reply in zip(questions, replies, strict=True)
    ]
    over = [keys.question(due.session_id, due.id) for due in found if due.verdict is Verdict.OVER]
    later = [
        part for due in found if due.until for part in (due.until, keys.question(due.session_id, due.id))
    ]
    await execute(
        *([Command(("ZREM", keys.DUE, *over))] if over else []),
        *([Command(("ZADD", keys.DUE, "XX", *later))] if later else []),
    )
    return [due for due in found if due.verdict not in (Verdict.OVER, Verdict.HELD)]


def _lease_ms() -> int:
    return settings.ANSWER_LEASE_SECONDS * 1000
