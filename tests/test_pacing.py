"""A child that asks on and on hears a kind line; its cries for help are heard all the same."""

import uuid

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from redis.exceptions import ConnectionError as RedisAway

from sessions.live import allowances
from sessions.live.blocking import run
from sessions.pace import Allowance
from tests.samples import Growth
from tutoring import pacing

BEGUN_MS = 1_700_000_000_000


def somebody() -> int:
    """Return a student who has done nothing yet."""
    return uuid.uuid4().int % 2**60


@pytest.fixture
def narrow(settings):
    """Two questions at once, then one in ten seconds."""
    settings.QUESTIONS_AT_ONCE, settings.QUESTION_SECONDS = 2, 10
    settings.WORDS_AT_ONCE, settings.WORD_SECONDS = 1, 10


@hypothesis_settings(max_examples=30)
@given(st.integers(1, 5), st.integers(1, 10), st.lists(st.integers(0, 30), max_size=30))
def test_the_pace_in_redis_is_that_of_one_process(at_once, seconds, waits):
    child, allowance, moment = somebody(), Allowance(at_once, seconds * 1000), BEGUN_MS
    with pytest.MonkeyPatch.context() as patch:
        for wait in waits:
            moment += wait * 1000
            patch.setattr(allowances, "now", lambda moment=moment: moment)
            allowed = run(allowances.take("question", child, at_once=at_once, seconds=seconds))
            assert allowed == allowance.take(moment)


def test_each_child_and_each_kind_is_counted_by_itself(narrow):
    ada, ben = somebody(), somebody()
    refused = Growth("too_often_total", what="question")
    assert [pacing.may_ask(ada) for _ in range(3)] == [True, True, False]
    assert pacing.may_ask(ben)
    assert [pacing.may_wonder(ada) for _ in range(2)] == [True, False]
    assert refused() == 1


def test_without_seconds_there_is_no_limit(settings):
    settings.QUESTION_SECONDS = 0
    ada = somebody()
    assert all(pacing.may_ask(ada) for _ in range(20))


def test_a_redis_that_is_away_keeps_nobody_from_asking(narrow, monkeypatch):
    async def away(*_, **__):
        raise RedisAway

    monkeypatch.setattr(allowances, "take", away)
    assert all(pacing.may_ask(1) for _ in range(3))
