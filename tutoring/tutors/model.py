"""The language model: any endpoint that speaks OpenAI's chat completions, streaming.

All HTTP runs on one event loop in a thread of its own, with one client: there alone a wait can be
given up exactly at its deadline and a connection closed at once, however the endpoint misbehaves.
The caller's thread takes the text piece by piece from a queue.
"""

import asyncio
import threading
from collections.abc import AsyncIterator, Generator
from queue import Empty, SimpleQueue

import openai

from tutoring import prompts
from tutoring.tutors.interface import (
    Deadline,
    Source,
    Turn,
    TutorRefused,
    TutorTooSlow,
    TutorUnavailable,
    TutorUnusable,
)

_DRAIN_SECONDS = 2  # for the end of the response, so that the connection can serve the next question
_HEALED_BY_TIME = {408, 409, 425, 429}


class _End:
    """The answer is complete."""


_Pieces = SimpleQueue[str | _End | Exception]


class ModelTutor:
    """Answers through the endpoint at `base_url`, which may be silent for `silence_seconds` at most.

    Thread-safe; one is enough for a process, and none survives a fork.
    """

    source = Source.MODEL

    def __init__(self, base_url: str, api_key: str, model: str, silence_seconds: float) -> None:
        self.name = model
        self._silence_seconds = silence_seconds
        # Retries are the caller's decision. A key is always given, so that the library never sends
        # one that it finds in the environment to an endpoint it does not belong to.
        self._client = openai.AsyncOpenAI(
            base_url=base_url, api_key=api_key or "none", max_retries=0, timeout=None
        )
        self._loop = asyncio.new_event_loop()
        threading.Thread(target=self._loop.run_forever, name="language-model", daemon=True).start()

    def answer(self, turn: Turn, deadline: Deadline) -> Generator[str, None, None]:
        """Yield the model's text as it writes. Raises TutorError."""
        if not deadline.remaining():
            raise TutorTooSlow(f"no time was left to ask {self.name}")
        pieces: _Pieces = SimpleQueue()
        task = asyncio.run_coroutine_threadsafe(self._write(turn, pieces), self._loop)
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
        try:
            async for piece in self._stream(turn):
                pieces.put(piece)
        # What the library says may quote the request, so none of it goes on.
        except openai.APIStatusError as error:
            status = error.status_code
            kind = TutorUnavailable if status >= 500 or status in _HEALED_BY_TIME else TutorRefused
            pieces.put(kind(f"{self.name} answered with HTTP status {status}"))
        except (openai.APIConnectionError, EOFError):
            pieces.put(TutorUnavailable(f"{self.name} cannot be reached, or broke off"))
        except openai.APIError:
            pieces.put(TutorUnavailable(f"{self.name} reported an error in mid-answer"))
        except (ValueError, TypeError, AttributeError, LookupError):
            pieces.put(TutorUnusable(f"{self.name} sent something that cannot be used"))
        except Exception as error:
            pieces.put(error)

    async def _stream(self, turn: Turn) -> AsyncIterator[str | _End]:
        # As plain JSON: the library's own types cost 2 ms a question and 0.3 ms a token.
        stream = await self._client.post(
            "/chat/completions",
            body={"model": self.name, "messages": prompts.messages(turn), "stream": True},
            cast_to=object,
            stream=True,
            stream_cls=openai.AsyncStream[object],
        )
        async with stream:
            async for chunk in stream:
                if not chunk.get("choices"):
                    continue
                choice = chunk["choices"][0]
                if piece := (choice.get("delta") or {}).get("content"):
                    yield _text(piece)
                finish_reason = choice.get("finish_reason")
                if finish_reason == "content_filter":
                    raise ValueError("stopped by the provider's filter")
                if finish_reason:
                    yield _End()
                    async with asyncio.timeout(_DRAIN_SECONDS):
                        async for _ in stream:
                            pass
                    return
        raise EOFError("the stream ended before the answer did")


def _text(piece: object) -> str:
    if not isinstance(piece, str):
        raise TypeError("content that is no text")
    return piece
