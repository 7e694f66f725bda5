"""What the reader page fetches when a child wonders about a word."""

import logging
from functools import partial

from django.http import JsonResponse
from django.views.decorators.http import require_GET
from msgspec import to_builtins
from redis.exceptions import RedisError

from sessions.access import readable_text
from sessions.models import Book
from sessions.tickets import StudentRequest, student_required
from tutoring import pacing, word_help
from tutoring.tasks import explain_word
from tutoring.views import ask_once
from tutoring.word_help import WordHelp
from tutoring.word_place import Place, find

logger = logging.getLogger(__name__)

_ASK_AGAIN_MS = 300
_FRESH_SECONDS = 3600  # in the child's own browser


@require_GET
@student_required
def help_with_word(request: StudentRequest, book_id: int, index: int) -> JsonResponse:
    """Return what there is to say about one word, as `WordHelp`.

    202 with `retryAfterMs` while a worker finds out more; where none can be asked, or this child has asked
    for too many words, what is known without.
    """
    try:
        place = find(readable_text(request.student, book_id), index)
    except Book.DoesNotExist:
        place = None
    if place is None:
        return JsonResponse({"error": "not_found", "message": "There is no such word."}, status=404)
    told = _known(place) or word_help.at_once(place)
    if told.complete:
        sure = told.source != "offline"
        return _response(told, f"private, max-age={_FRESH_SECONDS}" if sure else "no-store")
    may = partial(pacing.may_wonder, request.student.student_id)
    if not ask_once(place.key, explain_word, book_id, index, may=may):
        return _response(word_help.completed(told, place), "no-store")
    return JsonResponse(
        {**to_builtins(told), "retryAfterMs": _ASK_AGAIN_MS},
        status=202,
        headers={"Cache-Control": "no-store"},
    )


def _response(told: WordHelp, cache_control: str) -> JsonResponse:
    return JsonResponse(to_builtins(told), headers={"Cache-Control": cache_control})


def _known(place: Place) -> WordHelp | None:
    try:
        return word_help.known(place)
    except RedisError as error:
        logger.warning("word %s: Redis cannot be asked: %s", place.key[:12], type(error).__name__)
        return None
