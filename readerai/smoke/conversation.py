"""The scripted child's conversation with the server over the socket: each step says what must hold."""

import uuid
from collections.abc import Awaitable, Callable

from readerai.smoke.arrival import Arrival
from readerai.smoke.checks import AUDIO_TOLERANCE_MS, check_times
from readerai.smoke.client import Line, Site, Unexpected, expect
from sessions import protocol

QUESTION = "Who is this story about?"
Answer = list[protocol.AnswerSentence | protocol.AnswerComplete]


class Conversation:
    """One reading session, from the first HELLO to the last word, as often as the network is lost."""

    def __init__(self, site: Site, arrival: Arrival, subprotocol: str) -> None:
        self._site = site
        self._arrival = arrival
        self._subprotocol = subprotocol
        self._line: Line | None = None
        self._last_seq = 0

    def steps(self) -> list[tuple[str, Callable[[], Awaitable[str]]]]:
        """Return the steps in order, each a name and what to await for its detail."""
        return [
            ("connect", self.connect),
            ("progress", self.progress),
            ("ask", self.ask),
            ("answer", self.answer),
            ("spoken answer", self.spoken_answer),
            ("cut, answer lost", self.lose_answer),
            ("cut, nothing lost", self.lose_nothing),
            ("asked while away", self.ask_while_away),
            ("answered on return", self.answer),
            ("finish", self.finish),
        ]

    async def connect(self) -> str:
        """A first HELLO is answered with the place to begin at."""
        restored = await self._hello(protocol.HelloPayload())
        begin = self._arrival.boot["position"]["wordIndex"]
        expect(
            restored.word_index == begin, f"to begin at word {begin}, as the page said", restored.word_index
        )
        return f"{self._subprotocol}, {restored.outcome.value}, word {restored.word_index}"

    async def progress(self) -> str:
        """The server takes note of the position and is still there."""
        self._place = self._arrival.position(len(self._arrival.words) // 2)
        await self._move(self._place, playing=True)
        return f"word {self._place.word_index}"

    async def ask(self) -> str:
        """The question is acknowledged before anything is answered."""
        question = protocol.AskedQuestion(str(uuid.uuid4()), QUESTION, self._place)
        await self._open_line().say(protocol.StudentQuestion(question))
        acknowledged = await self._open_line().hear(protocol.InterruptionAcknowledged)
        self._expect_next(acknowledged.seq)
        return self._acknowledged(question, acknowledged)

    def _acknowledged(
        self, question: protocol.AskedQuestion, message: protocol.InterruptionAcknowledged
    ) -> str:
        came = message.payload.question_id
        expect(came == question.id, "our question's id", came)
        self._question_id = question.id
        self._acknowledged_seq = message.seq
        return f"acknowledged at word {message.payload.word_index}"

    async def answer(self) -> str:
        """Sentence by sentence, in order, to the end."""
        self._answer: Answer = []
        while True:
            message = await self._open_line().hear(
                protocol.AnswerSentence, protocol.AnswerComplete, protocol.AnswerFailed
            )
            self._expect_next(message.seq)
            if isinstance(message, protocol.AnswerFailed):
                raise Unexpected("an answer", f"ANSWER_FAILED: {message.payload.message}")
            expect(
                message.payload.question_id == self._question_id,
                "our question's id",
                message.payload.question_id,
            )
            self._answer.append(message)
            if isinstance(message, protocol.AnswerComplete):
                break
            expect(
                message.payload.index == len(self._answer) - 1,
                f"sentence {len(self._answer) - 1} of the answer",
                f"sentence {message.payload.index}",
            )
        count = len(self._answer) - 1
        expect(count > 0, "at least one sentence", "none")
        expect(message.payload.sentences == count, f"{count} sentences announced", message.payload.sentences)
        return f"{count} sentence{'s' * (count > 1)}, source {message.payload.source}"

    async def spoken_answer(self) -> str:
        """Each sentence has sound, and a time for each of its words."""
        total = 0
        for message in self._answer:
            if isinstance(message, protocol.AnswerComplete):
                continue
            sentence = message.payload
            if sentence.audio_url is None:
                raise Unexpected(
                    f"sound for sentence {sentence.index} of the answer", "none: the voice failed"
                )
            shown = "".join("".join(sentence.words).split())
            expect(
                shown == "".join(sentence.text.split()), "the words that the sentence shows", sentence.words
            )
            length = await self._site.audio_ms(sentence.audio_url)
            check_times(sentence.word_times, len(sentence.words), length + AUDIO_TOLERANCE_MS)
            total += length
        return f"{total} ms of audio"

    async def lose_answer(self) -> str:
        """The network goes after the acknowledgement: the whole answer comes again, and the place is kept."""
        self._place = self._arrival.position(len(self._arrival.words) * 3 // 4)
        await self._move(self._place, playing=False, ack=self._acknowledged_seq)
        restored = await self._cut_and_return(self._acknowledged_seq, protocol.Outcome.REPLAYED)
        expect(
            list(restored.pending_messages) == self._answer,
            f"the {len(self._answer)} messages of the answer again",
            f"{len(restored.pending_messages)} messages",
        )
        return f"{len(self._answer)} messages again, word {restored.word_index}"

    async def lose_nothing(self) -> str:
        """All was acknowledged: nothing comes twice, and the place is kept to the word."""
        self._place = self._arrival.position(len(self._arrival.words) - 1)
        await self._move(self._place, playing=False, ack=self._last_seq)
        restored = await self._cut_and_return(self._last_seq, protocol.Outcome.LOSSLESS)
        expect(
            not restored.pending_messages, "no message twice", f"{len(restored.pending_messages)} messages"
        )
        return f"word {restored.word_index}"

    async def ask_while_away(self) -> str:
        """A question from a time without a connection comes with the child, and is acknowledged at once."""
        question = protocol.AskedQuestion(str(uuid.uuid4()), QUESTION, self._place)
        restored = await self._cut_and_return(self._last_seq, protocol.Outcome.LOSSLESS, question)
        pending = restored.pending_messages
        if len(pending) != 1 or not isinstance(pending[0], protocol.InterruptionAcknowledged):
            raise Unexpected("the acknowledgement of our question, and nothing else", pending)
        return self._acknowledged(question, pending[0])

    async def finish(self) -> str:
        """The last word is read; that, too, is still known after coming back."""
        self._place = protocol.Position(self._arrival.book["wordCount"], 0)
        await self._move(self._place, playing=False, ack=self._last_seq)
        restored = await self._cut_and_return(self._last_seq, protocol.Outcome.LOSSLESS)
        return f"word {restored.word_index} of {self._arrival.book['wordCount']}"

    async def leave(self) -> None:
        """Give up the socket."""
        if self._line is not None:
            await self._line.cut()

    def _open_line(self) -> Line:
        assert self._line is not None
        return self._line

    async def _hello(self, hello: protocol.HelloPayload) -> protocol.SessionRestoredPayload:
        self._line = await self._site.connect(self._arrival.boot["socketUrl"], self._subprotocol)
        await self._line.say(protocol.Hello(hello))
        restored = (await self._line.hear(protocol.SessionRestored)).payload
        self._epoch = restored.epoch
        self._last_seq = restored.last_seq
        return restored

    async def _move(self, place: protocol.Position, *, playing: bool, ack: int = 0) -> None:
        """Say where we are; the PONG that follows says that the server has taken it in."""
        line = self._open_line()
        await line.say(
            protocol.Progress(protocol.ProgressPayload(place.word_index, place.audio_timestamp, playing, ack))
        )
        await line.say(protocol.Ping())
        await line.hear(protocol.Pong)

    async def _cut_and_return(
        self, seen: int, outcome: protocol.Outcome, *asked: protocol.AskedQuestion
    ) -> protocol.SessionRestoredPayload:
        """Lose the network and come back without saying where we were: the server has to know."""
        await self._open_line().cut()
        epoch = self._epoch
        restored = await self._hello(protocol.HelloPayload(epoch=epoch, last_seq=seen, unacknowledged=asked))
        came = protocol.Position(restored.word_index, restored.audio_timestamp)
        expect(came == self._place, f"to be back at {_spoken(self._place)}", _spoken(came))
        expect(restored.epoch == epoch, "the same epoch", "another: the live session was lost")
        expect(restored.outcome == outcome, f"the outcome {outcome.value}", restored.outcome.value)
        return restored

    def _expect_next(self, seq: int) -> None:
        """Durable messages are numbered without a gap."""
        expect(seq == self._last_seq + 1, f"message {self._last_seq + 1}", f"message {seq}")
        self._last_seq = seq


def _spoken(place: protocol.Position) -> str:
    return f"word {place.word_index}, {place.audio_timestamp} ms"
