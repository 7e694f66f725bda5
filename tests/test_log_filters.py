"""What the log says while a server is away: one line, and nothing else is lost; and what it never says."""

import logging

import pytest
from celery.beat import SchedulingError
from django.db import IntegrityError, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from readerai.log_filters import NoBadge, OneLine, OneLinePerOutage, WithoutRows


@pytest.fixture
def logger() -> logging.Logger:
    """A logger with a filter of its own."""
    logger = logging.getLogger("a-part-that-tries-again")
    logger.filters = [OneLinePerOutage()]
    return logger


def scheduling_error(cause: Exception) -> SchedulingError:
    try:
        try:
            raise cause
        except Exception as error:
            raise SchedulingError(f"not sent: {error}")  # noqa: B904
    except SchedulingError as error:
        return error


@pytest.mark.parametrize(
    "error",
    [OperationalError("refused"), RedisAway("refused"), scheduling_error(OperationalError("refused"))],
)
def test_an_outage_is_one_line_without_a_traceback(logger, caplog, error):
    for _ in range(5):
        logger.error("Message Error: %s\n%s", "refused", ["a stack"], exc_info=error)
    assert [record.getMessage() for record in caplog.records] == ["Message Error: refused"]
    assert "Traceback" not in caplog.text


def test_each_place_that_cannot_go_on_says_so(logger, caplog):
    for _ in range(2):
        logger.warning("cannot read")
        logger.warning("cannot write")
    assert [record.getMessage() for record in caplog.records] == ["cannot read", "cannot write"]


def test_the_next_outage_is_told_again(logger, caplog, monkeypatch):
    for now in (1_000, 1_059, 1_060):
        monkeypatch.setattr("time.monotonic", lambda now=now: now)
        logger.warning("cannot connect")
    assert len(caplog.records) == 2


def test_an_error_of_our_own_keeps_its_traceback_every_time(logger, caplog):
    for error in (ZeroDivisionError("x"), scheduling_error(ZeroDivisionError("x"))) * 2:
        logger.error("failed", exc_info=error)
    assert caplog.text.count("ZeroDivisionError") >= 4
    assert len(caplog.records) == 4


def test_no_badge_is_in_a_line():
    record = logging.LogRecord(
        "django.request", 30, "", 1, "Forbidden: %s", ("/badge/kEy_with-128-bits/",), None
    )
    assert NoBadge().filter(record)
    assert record.getMessage() == "Forbidden: /badge/…/"


def test_every_line_of_the_product_passes_that_filter(settings):
    assert "no_badge" in settings.LOGGING["handlers"]["console"]["filters"]
    assert list(settings.LOGGING["handlers"]) == ["console"]


@pytest.mark.django_db
def test_a_traceback_holds_no_row_of_a_table(ada):
    ada.pk = None
    try:
        with transaction.atomic():
            ada.save(force_insert=True)
    except IntegrityError as error:
        assert "Ada" in str(error)
        written = WithoutRows().formatException((type(error), error, error.__traceback__))
    assert "student_name_once_per_class" in written
    assert "DETAIL: not written here" in written
    assert "Ada" not in written


def test_what_a_client_sends_cannot_begin_a_line_of_its_own():
    forged = logging.makeLogRecord({"msg": "no page %s", "args": ("/x\n12:00 INFO all is well\x1b[2J",)})
    assert OneLine("%(message)s").format(forged) == "no page /x\\x0a12:00 INFO all is well\\x1b[2J"


def test_a_traceback_keeps_its_lines():
    failed = logging.makeLogRecord({"msg": "failed", "exc_info": (ValueError, ValueError("x"), None)})
    assert OneLine("%(message)s").format(failed) == "failed\nValueError: x"
