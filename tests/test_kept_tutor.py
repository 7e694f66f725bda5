"""A kept answer is said again as it was said, whatever its sentences are like."""

from tutoring.narration import service
from tutoring.narration.engine import SpeechError
from tutoring.sentences import cut
from tutoring.tutors.interface import Deadline, Turn
from tutoring.tutors.kept import KeptTutor

SENTENCES = ("“Oh!” she said.", "She lives with Mr. Owl.", "and then she slept", "Why?")


def said(turn: Turn) -> list[str]:
    return [
        sentence.strip() for sentence in cut(KeptTutor("owl-1", SENTENCES, "key").answer(turn, Deadline(1)))
    ]


def test_it_is_cut_as_it_was_and_each_voice_is_recalled_before_its_sentence(monkeypatch):
    recalled = []
    monkeypatch.setattr(service, "recall_answer", lambda *sentence: recalled.append(sentence))
    assert said(Turn("Why?", "", "en-GB", {})) == list(SENTENCES)
    assert recalled == [(sentence, "en-GB") for sentence in SENTENCES]


def test_in_a_language_without_a_voice_it_is_said_all_the_same(monkeypatch):
    def no_voice(text: str, language: str) -> None:
        raise SpeechError("no voice", retryable=False)

    monkeypatch.setattr(service, "recall_answer", no_voice)
    assert said(Turn("Why?", "", "xx", {})) == list(SENTENCES)
