"""Log lines for machines (LOG_FORMAT=json): a JSON object each, with the same few fields in all of them."""

import json
import logging
from datetime import UTC, datetime

from readerai.log_filters import WithoutRows
from sessions import log_context


class JsonLines(WithoutRows):
    """Writes time, level, logger and message; request_id, session_id and traceback where there are any.

    What else a record carries stays out: Django hangs the request on it, with its address and what was typed.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **log_context.ids(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)
