"""The socket by which a grown-up follows one reading: read-only, one a page, beside the children's.

Says, as JSON: `page` (a page of the book and when each of its words is spoken), `place` (where the child is),
`question`, `sentence` and `answered` (for those who may read what children ask), `left`.
"""

import asyncio
import contextlib
import logging
from typing import Any

import msgspec
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncJsonWebsocketConsumer
from django.contrib.auth.models import User
from django.db import DatabaseError
from redis.exceptions import RedisError

from readerai.staff.live import VIEW
from sessions import following, protocol, shelf
from sessions.live import index, ledger
from sessions.live.records import Doing
from sessions.live.store import now, numbered
from sessions.models import ReadingSession
from sessions.protocol import CloseCode
from sessions.shelf import BookText, PageText
from sessions.views.reader import page_data
from tutoring.narration import service
from tutoring.narration.engine import SpeechError
from tutoring.safety.personal import without_personal_data

logger = logging.getLogger(__name__)


class FollowConsumer(AsyncJsonWebsocketConsumer):
    """One grown-up who looks on."""

    async def connect(self) -> None:
        """Let in who may see this session, and say where it is."""
        self.session_id = str(self.scope["url_route"]["kwargs"]["session_id"])
        self._saying: asyncio.Task[None] | None = None
        self._page: int | None = None
        self._told_question = ""
        self._asks = False  # the child waits for an answer, or hears it
        await self.accept()
        try:
            if not await self._allowed():
                await self.close(CloseCode.FORBIDDEN)
                return
            await self.channel_layer.group_add(following.group(self.session_id), self.channel_name)
            await self._look()
        except (RedisError, DatabaseError, OSError) as error:
            logger.warning("session %s cannot be followed now: %s", self.session_id, type(error).__name__)
            await self.close(CloseCode.UNAVAILABLE)
            return
        self._saying = asyncio.create_task(self._keep_asking())

    async def disconnect(self, code: int) -> None:
        """Nobody looks on any more."""
        if self._saying is not None:
            self._saying.cancel()
        with contextlib.suppress(RedisError, OSError):
            await self.channel_layer.group_discard(following.group(self.session_id), self.channel_name)

    async def receive_json(self, content: Any, **_: Any) -> None:
        """Nothing is heard from whoever looks on."""

    # --- What the hub that serves the child tells -------------------------------------------
    async def follow_moved(self, event: dict[str, Any]) -> None:
        """The child is at another place."""
        self._asks = self._asks and not event["playing"]
        if event["word_index"] >= self._book.word_count:
            doing = Doing.FINISHED
        elif event["playing"]:
            doing = Doing.READING
        else:
            doing = Doing.ASKING if self._asks else Doing.PAUSED
        await self._say_place(event["word_index"], event["audio_timestamp"], doing, event["at"])

    async def follow_said(self, event: dict[str, Any]) -> None:
        """The child's question was acknowledged, or a sentence of its answer is on its way."""
        message = numbered(0, event["message"])
        self._asks = True
        if not self._may_read_questions:
            return
        await self._say_question(message.payload.question_id)
        if isinstance(message, protocol.AnswerSentence):
            await self.send_json({"type": "sentence", "text": message.payload.text})
        elif isinstance(message, protocol.AnswerComplete | protocol.AnswerFailed):
            await self.send_json({"type": "answered"})

    async def follow_left(self, _: dict[str, Any]) -> None:
        """The child's tablet has gone."""
        await self.send_json({"type": "left"})

    # --- What is told ------------------------------------------------------------------------
    async def _look(self) -> None:
        """Say where the session is, as Redis has it, or PostgreSQL where it is not live."""
        seen = await index.glimpse(self.session_id)
        if seen is None:
            await self._say_place(self._word_index, 0, Doing.AWAY, now())
            return
        await self._say_place(seen.word_index, seen.audio_timestamp, seen.doing, seen.position_at)
        if seen.question_id and self._may_read_questions:
            await self._say_question(seen.question_id)

    async def _say_place(self, word_index: int, audio_timestamp: int, doing: Doing, at: int) -> None:
        page = self._book.page_of(word_index)
        if page.number != self._page:
            self._page = page.number
            await self.send_json({"type": "page", **await _page_with_times(self._book, page)})
        await self.send_json(
            {
                "type": "place",
                "wordIndex": word_index,
                "wordCount": self._book.word_count,
                "audioTimestamp": audio_timestamp,
                "doing": doing.value,
                "ageMs": max(0, now() - at),
            }
        )

    async def _say_question(self, question_id: str) -> None:
        if question_id == self._told_question:
            return
        self._told_question = question_id
        text = without_personal_data(await ledger.text(self.session_id, question_id))
        await self.send_json({"type": "question", "text": text})

    # --- Who looks on --------------------------------------------------------------------------
    async def _keep_asking(self) -> None:
        """Say to the hubs that somebody follows, as long as that one may."""
        while True:
            try:
                await following.ask_hubs(self.session_id)
                await asyncio.sleep(following.SAY_SECONDS)
                if not await self._allowed():
                    await self.close(CloseCode.FORBIDDEN)
                    return
            except (RedisError, DatabaseError, OSError) as error:
                logger.warning("session %s: its follower waits: %s", self.session_id, type(error).__name__)
                await asyncio.sleep(following.SAY_SECONDS)

    @database_sync_to_async
    def _allowed(self) -> bool:
        """May the grown-up still see this session? Remembers what it takes to tell of it."""
        user = User.objects.filter(pk=self.scope["user"].pk).first()
        if user is None or not user.has_perm(VIEW):
            return False
        session = ReadingSession.objects.visible_to(user).filter(pk=self.session_id).first()
        if session is None:
            return False
        self._word_index = session.word_index
        self._book = shelf.book_text(session.book_id)
        self._may_read_questions = user.has_perm("tutoring.view_question")
        return True


@database_sync_to_async
def _page_with_times(book: BookText, page: PageText) -> dict[str, Any]:
    """Return a page as data, with `wordTimes` in milliseconds; empty where it was never voiced."""
    try:
        made = service.look_up(service.key_for(page.text, book.language))
    except SpeechError:
        made = None
    return {**page_data(book, page), "wordTimes": msgspec.to_builtins(made.word_times) if made else []}
