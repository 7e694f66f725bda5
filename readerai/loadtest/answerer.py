"""A tutor for measuring: answers at a steady rate, with sentences that say when they left."""

import queue
import threading
import time
from types import TracebackType
from typing import Self

from readerai.loadtest.stamp import SENTENCES, stamped
from sessions import protocol
from sessions.live import worker

_THREADS = 16  # a publish waits for Redis


class Answerer:
    """Publishes `per_second` sentences in all, as long as there are questions; `published` counts them."""

    def __init__(self, per_second: float) -> None:
        self.published = 0
        self._every = 1 / per_second
        self._next = 0.0
        self._turn = threading.Lock()
        self._questions: queue.SimpleQueue[tuple[str, str] | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(_THREADS)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in self._threads:
            self._questions.put(None)
        for thread in self._threads:
            thread.join(10)

    def asked(self, session_id: str, question_id: str) -> None:
        """A question has been acknowledged: it will be answered in its turn."""
        self._questions.put((session_id, question_id))

    def _work(self) -> None:
        while (asked := self._questions.get()) is not None:
            with worker.claimed(*asked) as question:
                if question is not None:
                    self._answer(question)

    def _answer(self, question: worker.LiveQuestion) -> None:
        for index in range(SENTENCES):
            self._wait_for_turn()
            text = stamped(time.monotonic_ns())
            words = tuple(text.split())
            sentence = protocol.AnswerSentencePayload(question.id, index, text, words, None, ())
            if worker.publish(question, protocol.AnswerSentence(sentence)) is None:
                return
            with self._turn:
                self.published += 1
        complete = protocol.AnswerCompletePayload(question.id, SENTENCES, "model")
        worker.publish(question, protocol.AnswerComplete(complete))

    def _wait_for_turn(self) -> None:
        """Wait until one more sentence may leave; turns that nobody took are not made up for."""
        with self._turn:
            now = time.monotonic()
            mine = self._next = max(self._next + self._every, now)
        time.sleep(mine - now)
