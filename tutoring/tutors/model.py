"""The language model: any endpoint that speaks OpenAI's chat completions, streaming.

All HTTP runs on the process's background loop: there alone a wait can be given up exactly at its
deadline and a connection closed at once, however the endpoint misbehaves.
The caller's thread takes the text piece by piece from a queue.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Generator
from queue import Empty, SimpleQueue

import aiohttp
import msgspec

from sessions.live.blocking import start
from tutoring import prompts
from tutoring.tutors import retry_after
from tutoring.tutors.chat import BrokenOff, Chat, Refused, chunks
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
        self._chat = Chat(base_url, api_key)

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
        # What the endpoint says may quote the request, so none of it goes on.
        except Refused as error:
            pieces.put(self._refusal(error))
        except BrokenOff:
            pieces.put(TutorUnavailable(f"{self.name} reported an error in mid-answer"))
        except _Filtered:
            pieces.put(TutorDeclined(f"{self.name}'s own filter stopped the answer"))
        except (aiohttp.InvalidURL, msgspec.MsgspecError, ValueError):
            pieces.put(TutorUnusable(f"{self.name} sent something that cannot be used"))
        except (aiohttp.ClientError, OSError, EOFError):
            pieces.put(TutorUnavailable(f"{self.name} cannot be reached, or broke off"))
        except Exception as error:
            pieces.put(error)
        finally:
            if request := meter.reading():
                self._report(request)

    async def _stream(self, turn: Turn, meter: Meter) -> AsyncIterator[str | _End]:
        messages = prompts.messages(turn)
        async with await self._ask(messages) as response:
            meter.accepted(sum(len(message["content"]) for message in messages))
            stream = chunks(response)
            async for chunk in stream:
                meter.counted(chunk.usage)
                if chunk.text:
                    meter.wrote(chunk.text)
                    yield chunk.text
                if chunk.finish_reason == "content_filter":
                    raise _Filtered
                if chunk.finish_reason:
                    meter.ended()
                    yield _End()
                    async with asyncio.timeout(_DRAIN_SECONDS):
                        async for rest in stream:
                            meter.counted(rest.usage)
                    return
        raise EOFError("the stream ended before the answer did")

    async def _ask(self, messages: list[dict[str, str]]) -> aiohttp.ClientResponse:
        """Send the question; ask for a count of tokens too, unless the endpoint does not know of that."""
        body = {"model": self.name, "messages": messages, "stream": True}
        if self._counts_tokens:
            try:
                return await self._chat.ask(body | {"stream_options": {"include_usage": True}})
            except Refused as error:
                if error.status not in (400, 422) or "stream_options" not in error.message:
                    raise
                self._counts_tokens = False
        return await self._chat.ask(body)

    def _refusal(self, error: Refused) -> TutorError:
        status = error.status
        message = f"{self.name} answered with HTTP status {status}"
        if error.code == "insufficient_quota":  # 429 too, and no waiting helps
            return TutorRefused(f"{message}: its quota is used up")
        asked = retry_after.seconds(error.retry_after)
        if status == 429 or (status >= 500 and asked):
            return TutorBusy(message, asked)
        if status >= 500 or status in _HEALED_BY_TIME:
            return TutorUnavailable(message)
        return TutorDeclined(message) if status in _ABOUT_THE_QUESTION else TutorRefused(message)
