"""What a child is sent of an answer, message by message."""

from sessions import protocol


def acknowledged(question_id: str, seq: int) -> protocol.InterruptionAcknowledged:
    return protocol.InterruptionAcknowledged(protocol.InterruptionAcknowledgedPayload(question_id, 5), seq)


def sentence(question_id: str, index: int, seq: int, text: str = "She is shy.") -> protocol.AnswerSentence:
    return protocol.AnswerSentence(
        protocol.AnswerSentencePayload(question_id, index, text, tuple(text.split()), None, ()), seq
    )


def complete(question_id: str, sentences: int, seq: int) -> protocol.AnswerComplete:
    return protocol.AnswerComplete(protocol.AnswerCompletePayload(question_id, sentences, "model"), seq)


def failed(question_id: str, seq: int) -> protocol.AnswerFailed:
    return protocol.AnswerFailed(protocol.AnswerFailedPayload(question_id, "Let us read on.", False), seq)


def answer(question_id: str, sentences: int, first_seq: int = 1) -> list[protocol.DurableMessage]:
    """All that a child is sent of one question."""
    spoken = [sentence(question_id, index, first_seq + 1 + index) for index in range(sentences)]
    return [
        acknowledged(question_id, first_seq),
        *spoken,
        complete(question_id, sentences, first_seq + 1 + sentences),
    ]
