"""What the reader page fetches at a page's end: something to ask the child, and what to say to the answer.

What a child answers is judged and forgotten: it is written nowhere, and no reply repeats it.
"""

import logging

from django.http import HttpResponse, JsonResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_http_methods

from sessions import words
from sessions.access import readable_text
from sessions.models import Book
from sessions.tickets import StudentRequest, student_required
from tutoring.dialogue.judging import reply_to
from tutoring.dialogue.making import prompt_of
from tutoring.dialogue.prompt import Prompt
from tutoring.narration import service
from tutoring.narration.engine import SpeechError

logger = logging.getLogger(__name__)

_KEEP_SECONDS = 300


@require_http_methods(["GET", "POST"])
@student_required
def page_prompt(request: StudentRequest, book_id: int, number: int) -> HttpResponse:
    """GET: the page's prompt, 204 where it has none. POST: what is said to `answer`, the `attempt`-th."""
    try:
        book = readable_text(request.student, book_id)
        page = book.page(number)
    except Book.DoesNotExist:
        page = None
    if page is None:
        return JsonResponse({"error": "not_found", "message": "There is no such page."}, status=404)
    prompt = prompt_of(page.text, book.language, page.number, book.glossary)
    if request.method == "POST":
        return _reply(request, prompt)
    response = HttpResponse(status=204) if prompt is None else JsonResponse(_as_json(prompt))
    patch_cache_control(response, private=True, max_age=_KEEP_SECONDS)
    return response


def _as_json(prompt: Prompt) -> dict[str, object]:
    """Return `{"kind", "choices", "text", "words", "audioUrl", "wordTimes"}`: not what is expected."""
    return {"kind": prompt.kind, "choices": prompt.choices, **_said(prompt.text, prompt.language)}


def _reply(request: StudentRequest, prompt: Prompt | None) -> JsonResponse:
    attempt = request.POST.get("attempt", "")
    if prompt is None or "answer" not in request.POST or not (attempt.isdecimal() and int(attempt[:4])):
        message = "An answer needs a page that asks, `answer`, and `attempt` from 1."
        return JsonResponse({"error": "bad_answer", "message": message}, status=400)
    reply = reply_to(prompt, request.POST["answer"], int(attempt[:4]))
    return JsonResponse({"verdict": reply.verdict, "done": reply.done, **_said(reply.text, prompt.language)})


def _said(text: str, language: str) -> dict[str, object]:
    """Return a text with its voice, as a sentence of an answer has it; without a voice it is shown only."""
    said: dict[str, object] = {"text": text, "words": [word.text for word in words.split(text)]}
    try:
        spoken = service.speak(text, language)
    except SpeechError as error:
        logger.warning("a prompt in %s has no voice: %s", language, error)
        return {**said, "audioUrl": None, "wordTimes": []}
    return {**said, "audioUrl": spoken.audio_url, "wordTimes": spoken.word_times}
