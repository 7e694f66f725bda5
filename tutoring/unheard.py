"""An answer that no child waits for: made and guarded as a live one, and sent to nobody."""

from sessions.live.worker import LiveQuestion
from tutoring.answer import Answer


class UnheardAnswer(Answer):
    """What a tutor says to one question, by the code that says a live answer; it needs no Redis."""

    def __init__(self, question: str) -> None:
        super().__init__(
            LiveQuestion(
                id="ahead", session_id="", student_id=0, book_id=0, text=question, word_index=0,
                asked_at_ms=0, token="", attempt=1, said=(), deadline_ms=0,  # nosec B106 -- the token of no claim
            )
        )  # fmt: skip

    def _send(self, text: str, spoken: tuple[str, ...], language: str) -> bool:
        self.sentences.append(text)
        return True
