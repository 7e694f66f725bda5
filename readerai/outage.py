"""What a child sees where a page needs PostgreSQL and it is away: a kind word, and when to try again."""

import logging
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

logger = logging.getLogger(__name__)

RETRY_SECONDS = 5
MESSAGE = "We cannot reach your books just now; try again in a moment."


class PostgresqlAway:
    """Middleware: a view that could not reach PostgreSQL answers 503 with Retry-After; /api/ in JSON."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request through."""
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer for a view that failed because of PostgreSQL; other errors go where they go."""
        if not isinstance(error, OperationalError | InterfaceError):
            return None
        logger.error("%s %s needs PostgreSQL: %s", request.method, request.path, type(error).__name__)
        headers = {"Retry-After": str(RETRY_SECONDS), "Cache-Control": "no-store"}
        if request.path.startswith("/api/"):
            return JsonResponse({"error": "books_away", "message": MESSAGE}, status=503, headers=headers)
        again = request.get_full_path()
        return HttpResponse(
            render_to_string("outage.html", {"message": MESSAGE, "again": again}), status=503, headers=headers
        )
