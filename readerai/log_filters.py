"""What is kept out of the log: the same line again and again, what any client can fill it with, and rows."""

import logging
import re
import time
from types import TracebackType

from celery.beat import SchedulingError
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError
from websockets.exceptions import InvalidState

_SILENT_SECONDS = 60
_DETAIL = re.compile(r"^DETAIL:.*?(?=\n\n|\nHINT:|\nCONTEXT:|\n?\Z)", re.MULTILINE | re.DOTALL)
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f-\x9f\u2028\u2029]")


class OneLine(logging.Formatter):
    """Writes a message as one line, whatever a client has put into it; a traceback has lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """Return the line with control characters as escapes."""
        return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", super().formatMessage(record))


class OneLinePerOutage(logging.Filter):
    """Passes one line a minute for each place in the code that tells of a server it cannot reach.

    What it passes has no traceback: all of them say the same. Any other error passes as it is.
    """

    def __init__(self) -> None:
        super().__init__()
        self._silent_until: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is logged; shorten it if so."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, SchedulingError):
            error = error.__context__
        if error is not None and not isinstance(error, OperationalError | RedisError | OSError):
            return True
        place = record.pathname, record.lineno
        now = time.monotonic()
        if now < self._silent_until.get(place, 0):
            return False
        self._silent_until[place] = now + _SILENT_SECONDS
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
        record.exc_info = record.exc_text = None
        return True


class NoBadge(logging.Filter):
    """Takes badges' keys out of every line: whoever has one can sign in, and refused forms are logged.

    A line says `/badge/…` instead.
    """

    _PATH = re.compile(r"/badge/[\w-]+")

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, without a key."""
        line = record.getMessage()
        if "/badge/" in line:
            record.msg, record.args = self._PATH.sub("/badge/…", line), ()
        return True


class NoLineForBadText(logging.Filter):
    """Passes nothing that uvicorn says of a text frame that is not UTF-8: its sender is told so (1007)."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Tell whether the record is logged."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, InvalidState):  # and fails to tell, where the socket is being closed already
            return not isinstance(error.__context__, UnicodeDecodeError)
        return not (record.name == "uvicorn.error" and isinstance(error, UnicodeDecodeError))


class WithoutRows(OneLine):
    """Writes no row of a table: PostgreSQL puts one into an error's DETAIL, and it may be a child's."""

    def formatException(
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """Return a traceback without details."""
        return _DETAIL.sub("DETAIL: not written here", super().formatException(ei))
