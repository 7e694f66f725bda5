"""The language model: any endpoint that speaks OpenAI's chat completions, streaming.

All HTTP runs on the process's background loop: there alone a wait can be given up exactly at its
deadline and a connection closed at once, however the endpoint misbehaves.
The caller's thread takes the text piece by piece from a queue.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from queue import Empty, SimpleQueue
from typing import Any

import openai

from sessions.live.blocking import start
from tutoring import prompts
from tutoring.tutors import retry_after
from tutoring.tutors.interface import (
    Deadline,
    Request,
    Source,
    Turn,
    TutorBusy,
    TutorDeclined,
    TutorError,
    TutorRefused,
    TutorTooSlow,
    TutorUnavailable,
    TutorUnusable,
)
from tutoring.tutors.meter import Meter

_DRAIN_SECONDS = 2  # for the end of the response, so that the connection can serve the next question
_HEALED_BY_TIME = {408, 409, 425}
_ABOUT_THE_QUESTION = {400, 413, 422}


class _End:
    """The answer is complete."""


class _Filtered(Exception):
    """The provider's filter has stopped the answer."""


_Pieces = SimpleQueue[str | _End | Exception]


class ModelTutor:
    """Answers through the endpoint at `base_url`, which may be silent for `silence_seconds` at most.

    `report` is called on that loop with each request that was accepted and has ended.
    Thread-safe; one is enough for a process, and none survives a fork.
    """

    source = Source.MODEL

    def __init__(
        self,
        base_url: str,
        api_key: str,
        model: str,
        silence_seconds: float,
        report: Callable[[Request], None] = lambda request: None,
    ) -> None:
        self.name = model
        self._silence_seconds = silence_seconds
        self._report = report
        self._counts_tokens = True
        # Retries are the caller's decision. A key is always given, so that the library never sends
        # one that it finds in the environment to an endpoint it does not belong to.
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", max_retries=0, timeout=None
        )

    def answer(self, turn: Turn, deadline: Deadline) -> Generator[str, None, None]:
        """Yield the model's text as it writes. Raises TutorError."""
        if not deadline.remaining():
            raise TutorTooSlow(f"no time was left to ask {self.name}")
        pieces: _Pieces = SimpleQueue()
        task = start(self._write(turn, pieces))
        said_something = ended = False
        try:
            while not ended:
                seconds = min(self._silence_seconds, deadline.remaining())
                try:
                    piece = pieces.get(timeout=seconds)
                except Empty:
                    raise TutorTooSlow(f"{self.name} said nothing for {seconds:.1f} s") from None
                if isinstance(piece, Exception):
                    raise piece
                if isinstance(piece, _End):
                    ended = True
                else:
                    said_something = said_something or not piece.isspace()
                    yield piece
        finally:
            if not ended:
                task.cancel()
        if not said_something:
            raise TutorUnusable(f"{self.name} gave an empty answer")

    async def _write(self, turn: Turn, pieces: _Pieces) -> None:
        """Put the text as it comes, then the end or what went wrong."""
        meter = Meter()
        try:
            async for piece in self._stream(turn, meter):
                pieces.put(piece)
        # What the library says may quote the request, so none of it goes on.
        except openai.APIStatusError as error:
            pieces.put(self._refusal(error))
        except (openai.APIConnectionError, EOFError):
            pieces.put(TutorUnavailable(f"{self.name} cannot be reached, or broke off"))
        except openai.APIError:
            pieces.put(TutorUnavailable(f"{self.name} reported an error in mid-answer"))
        except _Filtered:
            pieces.put(TutorDeclined(f"{self.name}'s own filter stopped the answer"))
        except (ValueError, TypeError, AttributeError, LookupError):
            pieces.put(TutorUnusable(f"{self.name} sent something that cannot be used"))
        except Exception as error:
            pieces.put(error)
        finally:
            if request := meter.reading():
                self._report(request)

    async def _stream(self, turn: Turn, meter: Meter) -> AsyncIterator[str | _End]:
        messages = prompts.messages(turn)
        stream = await self._open(messages)
        meter.accepted(sum(len(message["content"]) for message in messages))
        async with stream:
            async for chunk in stream:
                meter.counted(chunk.get("usage"))
                if not chunk.get("choices"):
                    continue
                choice = chunk["choices"][0]
                if piece := (choice.get("delta") or {}).get("content"):
                    meter.wrote(_text(piece))
                    yield piece
                finish_reason = choice.get("finish_reason")
                if finish_reason == "content_filter":
                    raise _Filtered
                if finish_reason:
                    meter.ended()
                    yield _End()
                    async with asyncio.timeout(_DRAIN_SECONDS):
                        async for rest in stream:
                            meter.counted(rest.get("usage"))
                    return
        raise EOFError("the stream ended before the answer did")

    async def _open(self, messages: list[dict[str, str]]) -> openai.AsyncStream[Any]:
        """Send the question; ask for a count of tokens too, unless the endpoint does not know of that."""
        body = {"model": self.name, "messages": messages, "stream": True}
        if self._counts_tokens:
            try:
                return await self._post(body | {"stream_options": {"include_usage": True}})
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                if "stream_options" not in error.message:
                    raise
                self._counts_tokens = False
        return await self._post(body)

    async def _post(self, body: dict[str, object]) -> openai.AsyncStream[Any]:
        # As plain JSON: the library's own types cost 2 ms a question and 0.3 ms a token.
        return await self._client.post(
            "/chat/completions",
            body=body,
            cast_to=object,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )

    def _refusal(self, error: openai.APIStatusError) -> TutorError:
        status = error.status_code
        message = f"{self.name} answered with HTTP status {status}"
        if error.code == "insufficient_quota":  # 429 too, and no waiting helps
            return TutorRefused(f"{message}: its quota is used up")
        asked = retry_after.seconds(error.response.headers.get("retry-after", ""))
        if status == 429 or (status >= 500 and asked):
            return TutorBusy(message, asked)
        if status >= 500 or status in _HEALED_BY_TIME:
            return TutorUnavailable(message)
        return TutorDeclined(message) if status in _ABOUT_THE_QUESTION else TutorRefused(message)


def _text(piece: object) -> str:
    if not isinstance(piece, str):
        raise TypeError("content that is no text")
    return piece
