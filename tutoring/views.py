"""What the reader page fetches: a page's narration, and its audio."""

import logging
from collections.abc import Callable
from pathlib import Path

from celery import Task
from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, HttpResponseRedirect, JsonResponse
from django.utils.http import parse_etags
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_safe
from redis.exceptions import RedisError

from sessions.access import readable_text
from sessions.models import Book
from sessions.tickets import StudentRequest, student_required
from tutoring.broker import queue
from tutoring.narration import files, pending, ranges, service
from tutoring.narration.engine import SpeechError
from tutoring.narration.known import Spoken
from tutoring.tasks import narrate_page
from tutoring.tutors import frames

logger = logging.getLogger(__name__)

_ASK_AGAIN_MS = 500
_TYPES = {".mp3": "audio/mpeg", ".flac": "audio/flac"}
_NO_VOICE = "The voice cannot read this page just now. Read it yourself, or try again in a little while."


@require_GET
@student_required
def page_narration(request: StudentRequest, book_id: int, number: int) -> JsonResponse:
    """Return the page's audio and word times; ask for them if there are none yet."""
    try:
        book = readable_text(request.student, book_id)
        page = book.page(number)
    except Book.DoesNotExist:
        page = None
    if page is None:
        return JsonResponse({"error": "not_found", "message": "There is no such page."}, status=404)
    try:
        key = service.key_for(page.text, book.language)
    except SpeechError as error:
        logger.warning("page %s cannot be narrated: %s", page.id, error)
        return _unavailable()
    made = service.look_up(key)
    if made is not None:
        return JsonResponse(as_json(made))
    if not ask_once(page.id, narrate_page, book.id, page.number):
        return _unavailable()
    return JsonResponse({"retryAfterMs": _ASK_AGAIN_MS}, status=202, headers={"Retry-After": "1"})


@require_GET
@cache_control(private=True, max_age=86_400)
@student_required
def thinking(request: StudentRequest, book_id: int) -> JsonResponse:
    """Return what is said at once when a child has asked, in the book's language; voiced once and kept."""
    try:
        language = readable_text(request.student, book_id).language
    except Book.DoesNotExist:
        return JsonResponse({"error": "not_found", "message": "There is no such book."}, status=404)
    text = frames.thinking(language)
    if text is None:
        return JsonResponse(
            {"error": "no_phrase", "message": "There is no phrase in this language."}, status=404
        )
    try:
        return JsonResponse({"text": text, **as_json(service.speak(text, language))})
    except SpeechError as error:
        logger.warning("no voice for a phrase in %s: %s", language, error)
        return _unavailable()


def as_json(made: Spoken) -> dict:
    """Return `{"audioUrl", "durationMs", "wordTimes": [[start, end], ...]}`, times in milliseconds."""
    return {"audioUrl": made.audio_url, "durationMs": made.duration_ms, "wordTimes": made.word_times}


def ask_once(what: int | str, task: Task, *arguments: object, may: Callable[[], bool] = lambda: True) -> bool:
    """Tell whether what `task` makes is on its way; the first caller sends it there, if it may."""
    try:
        claim = pending.claim(what)
        if claim is pending.Claim.YOURS:
            if not may():
                pending.forget(what)
                return False
            if not queue(task, *arguments, otherwise=f"{task.name} {what} was not queued"):
                pending.fail(what)
                return False
        return claim is not pending.Claim.FAILED
    except RedisError as error:
        logger.error("%s %s was not queued: %s: %s", task.name, what, type(error).__name__, error)
        return False


@require_safe
def narration_audio(request: HttpRequest, name: str) -> HttpResponse:
    """Send the audio file of a name (its address never changes its content), or the range asked for.

    No database, no sign-in: the name is a hash of the text or of the sound, and a CDN may keep the answer.
    """
    return _audio(request, files.FOLDER, name)


@require_safe
def answer_audio(request: HttpRequest, name: str) -> HttpResponse:
    """Send the audio of a sentence of an answer, likewise; nobody but the child's own browser keeps it."""
    return _audio(request, files.ANSWERS, name)


def _audio(request: HttpRequest, folder: str, name: str) -> HttpResponse:
    stored = folder + name
    try:
        path = default_storage.path(stored)
    except NotImplementedError:  # the storage is elsewhere and has addresses of its own
        elsewhere = HttpResponseRedirect(default_storage.url(stored))
        # The same address until it is about to expire: the browser has kept what is there.
        elsewhere["Cache-Control"] = f"private, max-age={settings.MEDIA_ADDRESS_SECONDS * 3 // 4}"
        return elsewhere
    try:
        audio = Path(path).read_bytes()  # a page is some 200 KB
    except FileNotFoundError:
        return HttpResponse("There is no such narration.\n", status=404, content_type="text/plain")
    etag = f'"{name}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response: HttpResponse = HttpResponseNotModified()
    else:
        response = _whole_or_part(request, audio, etag, _TYPES[Path(name).suffix])
    response["ETag"] = etag
    response["Cache-Control"] = files.cache_control(stored)
    return response


def _whole_or_part(request: HttpRequest, audio: bytes, etag: str, kind: str) -> HttpResponse:
    header = request.headers.get("Range", "")
    if request.headers.get("If-Range", etag) != etag:
        header = ""
    headers = {"Accept-Ranges": "bytes"}
    try:
        wanted = ranges.parse(header, len(audio))
    except ranges.Unsatisfiable:
        headers["Content-Range"] = f"bytes */{len(audio)}"
        return HttpResponse(status=416, content_type=kind, headers=headers)
    if wanted is None:
        return HttpResponse(audio, content_type=kind, headers=headers)
    first, end = wanted
    headers["Content-Range"] = f"bytes {first}-{end - 1}/{len(audio)}"
    return HttpResponse(audio[first:end], status=206, content_type=kind, headers=headers)


def _unavailable() -> JsonResponse:
    return JsonResponse(
        {"error": "narration_unavailable", "message": _NO_VOICE},
        status=503,
        headers={"Retry-After": str(pending.FAILED_SECONDS)},
    )
