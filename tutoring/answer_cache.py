"""Answers that are kept for the next child who asks the same on the same page.

What children were answered is kept in Redis, ANSWER_CACHE_SECONDS long and `_MOST_QUESTIONS` in all. What
`manage.py warm_answers` got ahead is kept in PostgreSQL, and Redis has a copy of each page that is in use:
only the first question on a page in days costs SQL. Whatever is away here, the child is answered by the model
as if nothing were kept.

Who asks while another child's answer is still being written asks the model too: waiting for a whole answer
would take longer than getting the first sentence of an own one.
"""

import logging
import time
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from django import db
from django.conf import settings
from django.db.models.signals import post_delete
from django.dispatch import receiver
from redis.exceptions import RedisError

from sessions.live.blocking import run
from sessions.live.connection import Command, execute
from sessions.shelf import book_text
from tutoring import answer_key, tutors
from tutoring.cache_metrics import LOOKUPS, Lookup, count_saved
from tutoring.kept_answers import KeptAnswer, choose, kept_answer
from tutoring.models import CachedAnswer
from tutoring.tutors.interface import Source, Turn, Tutor
from tutoring.tutors.kept import KeptTutor

logger = logging.getLogger(__name__)

_MOST_QUESTIONS = 50_000  # some 40 MB of a Redis that never evicts by itself; who was kept first goes first
_MOST_ANSWERS = 16  # to one question on one page, made at different words
_COPY_SECONDS = 3 * 24 * 3600  # of a page's answers in PostgreSQL
_EMPTY_SECONDS = 60  # then it is read anew
_AWAY_SECONDS = 60  # so long nobody waits for a PostgreSQL that was just found away

_KEPT = "answers:kept"  # sorted set: keys of the questions in Redis, by the microsecond they were last kept

_away_until = 0.0

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(KeptAnswer).decode
_decode_page = msgspec.msgpack.Decoder(dict[str, list[KeptAnswer]]).decode


def find(book_id: int, word_index: int, turn: Turn) -> tuple[Tutor, ...]:
    """Return a tutor who says the kept answer to a question asked at this word; none: ask the model.

    Raises Book.DoesNotExist and django.db.Error as `book_text` does.
    """
    model = tutors.in_order()[0]
    if model.source is not Source.MODEL or not settings.ANSWER_CACHE_SECONDS:
        return ()
    if not answer_key.is_shareable(turn):
        LOOKUPS.labels(Lookup.UNSHAREABLE).inc()
        return ()
    page = page_at(book_id, word_index)
    key = answer_key.key(turn, book_id, page, model.name)
    answer = choose(_answers(key, book_id, page, len(turn.heard)), turn)
    LOOKUPS.labels(Lookup.HIT if answer else Lookup.MISS).inc()
    if answer is None:
        return ()
    count_saved(turn, answer.sentences)
    return (KeptTutor(model.name, answer.sentences, key),)


def keep(book_id: int, word_index: int, turn: Turn, tutor: Tutor, sentences: Sequence[str]) -> str:
    """Keep an answer that a tutor gave whole, if it is a model's and may be given to other children.

    Returns the key under which it is kept, by this call or before; empty: it is not.
    """
    if isinstance(tutor, KeptTutor):
        return tutor.key
    if tutor.source is not Source.MODEL or not settings.ANSWER_CACHE_SECONDS:
        return ""
    if (answer := kept_answer(turn, sentences)) is None:
        return ""
    key = answer_key.key(turn, book_id, page_at(book_id, word_index), tutor.name)
    try:
        run(_add(key, answer))
    except RedisError as error:
        logger.warning("an answer is not kept: %s", type(error).__name__)
        return ""
    return key


def forget(book_id: int, word_index: int, turn: Turn, model: str) -> None:
    """Give the kept answers to this question on this page to nobody any more: one of them was found unfit.

    Of readers of every band. Raises RedisError and django.db.Error.
    """
    page = page_at(book_id, word_index)
    keys = [answer_key.key(turn._replace(grade=grade), book_id, page, model) for grade in answer_key.GRADES]
    forget_keys(keys)


def forget_keys(keys: Sequence[str]) -> None:
    """Give the answers under these keys to nobody any more. Raises RedisError and django.db.Error."""
    if not keys:
        return
    names = [_name(key) for key in keys]
    run(execute(*(Command(("DEL", name)) for name in names), Command(("ZREM", _KEPT, *names))))
    CachedAnswer.objects.filter(key__in=keys).delete()


def forget_unfit(book_id: int, word_index: int, turn: Turn, tutor: Tutor) -> None:
    """Forget what a tutor has just said again, if it was kept; where that fails, it is found once more."""
    if isinstance(tutor, KeptTutor):
        try:
            forget(book_id, word_index, turn, tutor.name)
        except (RedisError, db.Error) as error:
            logger.error("an unfit answer is still kept: %s", type(error).__name__)


def reload(book_id: int, page: int) -> None:
    """Bring Redis' copy of a page's warmed answers up to date. Raises RedisError and django.db.Error."""
    run(_copy(book_id, page, _in_postgresql(book_id, page)))


def page_at(book_id: int, word_index: int) -> int:
    """Return the number of the page that has this word; the last one beyond the book's end."""
    pages = book_text(book_id).pages
    return pages[max(0, bisect_right(pages, word_index, key=lambda page: page.first_word) - 1)].number


@receiver(post_delete, sender=CachedAnswer)
def _row_deleted(sender: type[CachedAnswer], instance: CachedAnswer, **_: Any) -> None:
    """Whoever deletes an answer found it unfit: no copy stays, nor another answer to the same question.

    At once, so that a process that dies now has done it; and once others can see the change.
    Raises RedisError.
    """
    gone = (instance.key, instance.book_id, instance.page)
    run(_take_off(*gone))
    db.transaction.on_commit(lambda: run(_take_off(*gone)), robust=True)


def _answers(key: str, book_id: int, page: int, heard_length: int) -> list[KeptAnswer]:
    """Return what is kept under a key and was made from no more text than this."""
    try:
        live, copy = run(_read(key, book_id, page, heard_length))
    except RedisError as error:
        logger.warning("kept answers cannot be looked up: %s", type(error).__name__)
        return []
    warmed = _load(book_id, page) if copy is None else _decode_page(copy)
    return [*map(_decode, live), *warmed.get(key, ())]


def _load(book_id: int, page: int) -> Mapping[str, list[KeptAnswer]]:
    """Return a page's answers in PostgreSQL, and leave a copy in Redis; none while PostgreSQL is away."""
    global _away_until
    if time.monotonic() < _away_until:
        return {}
    try:
        answers = _in_postgresql(book_id, page)
        run(_copy(book_id, page, answers, only_if_missing=True))
    except (db.OperationalError, db.InterfaceError) as error:
        logger.warning("warmed answers of book %s cannot be read: %s", book_id, type(error).__name__)
        _away_until = time.monotonic() + _AWAY_SECONDS
        return {}
    except RedisError as error:
        logger.warning("warmed answers of book %s are not copied: %s", book_id, type(error).__name__)
    finally:
        db.close_old_connections()  # none is held while a model thinks
    return answers


def _in_postgresql(book_id: int, page: int) -> Mapping[str, list[KeptAnswer]]:
    answers = defaultdict(list)
    rows: Iterable[CachedAnswer] = CachedAnswer.objects.filter(book_id=book_id, page=page)
    for row in rows:
        answers[row.key].append(KeptAnswer(row.heard_length, row.heard_digest, tuple(row.sentences)))
    return answers


async def _read(key: str, book_id: int, page: int, heard_length: int) -> tuple[list[bytes], bytes | None]:
    live, copy = await execute(
        Command(("ZREVRANGEBYSCORE", _name(key), heard_length, 0, "LIMIT", 0, _MOST_ANSWERS)),
        Command(("GET", _copy_name(book_id, page))),
    )
    return live, copy


async def _add(key: str, answer: KeptAnswer) -> None:
    name, now = _name(key), time.time_ns() // 1_000
    *_, count = await execute(
        Command(("ZADD", name, answer.heard_length, _encode(answer))),
        Command(("ZREMRANGEBYRANK", name, 0, -_MOST_ANSWERS - 1)),
        Command(("EXPIRE", name, settings.ANSWER_CACHE_SECONDS)),
        Command(("ZADD", _KEPT, now, name)),
        Command(("ZREMRANGEBYSCORE", _KEPT, 0, now - settings.ANSWER_CACHE_SECONDS * 1_000_000)),
        Command(("ZCARD", _KEPT)),
    )
    if count > _MOST_QUESTIONS:
        [oldest] = await execute(Command(("ZRANGE", _KEPT, 0, count - _MOST_QUESTIONS - 1)))
        await execute(*(Command(("DEL", each)) for each in oldest), Command(("ZREM", _KEPT, *oldest)))


async def _take_off(key: str, book_id: int, page: int) -> None:
    """Leave nothing under a key, and an empty copy of its page: nobody puts back what was read before."""
    await execute(
        Command(("DEL", _name(key))),
        Command(("SET", _copy_name(book_id, page), _encode({}), "EX", _EMPTY_SECONDS)),
    )


async def _copy(
    book_id: int, page: int, answers: Mapping[str, list[KeptAnswer]], *, only_if_missing: bool = False
) -> None:
    condition = ("NX",) if only_if_missing else ()
    await execute(
        Command(("SET", _copy_name(book_id, page), _encode(answers), "EX", _COPY_SECONDS, *condition))
    )


def _name(key: str) -> str:
    return f"answer:{key}"


def _copy_name(book_id: int, page: int) -> str:
    return f"answers:warmed:{book_id}:{page}"
