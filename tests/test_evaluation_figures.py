"""What became of the questions, in figures and as a table; a leak is found."""

import json
from collections.abc import Iterator

import pytest

from tests.evaluated import write
from tutoring.evaluation.asking import ask
from tutoring.evaluation.fairytaleqa import Asked, read
from tutoring.evaluation.figures import Told, figures, held, leaks
from tutoring.evaluation.table import table
from tutoring.tutors.frames import frames
from tutoring.tutors.interface import Deadline, Source, Turn, TutorUnavailable
from tutoring.tutors.offline import OfflineTutor

SEA = "Then a silver boat carried them all to the sea."


class Teller:
    """A tutor that says what a test wants, in the place of whichever is measured."""

    name = "teller"

    def __init__(self, text: str, source: Source = Source.OFFLINE, *, fails: bool = False) -> None:
        self.source = source
        self._text = text
        self._fails = fails

    def answer(self, turn: Turn, deadline: Deadline) -> Iterator[str]:
        """Say it, and break off if told so."""
        yield self._text
        if self._fails:
            raise TutorUnavailable("broke off")


@pytest.fixture
def questions(tmp_path) -> list[Asked]:
    """The four questions about Tiva: mill, shiver, feel, boat."""
    return read(write(tmp_path)).questions


def quoting(quote: str) -> Teller:
    return Teller(frames("en").found.format(quote=quote))


def test_the_offline_tutor_s_quote_is_what_counts_not_its_frame(questions):
    told = ask(questions[0], 1, OfflineTutor(), grade=2)
    assert told.text.startswith("Tiva was a young fox who lived under the old mill.")
    assert (told.found, told.stopped, told.failure, leaks(told, quotes=True)) == (True, "", "", False)
    assert held(told) and held(told, exactly=True)
    assert told.seconds > 0


def test_it_is_told_only_what_was_heard(questions):
    told = ask(questions[3], 2, OfflineTutor(), grade=2)
    assert SEA not in told.heard and SEA in told.unheard
    assert not leaks(told, quotes=True)
    assert not held(told)


def test_what_is_not_found_is_counted(questions):
    told = ask(questions[3]._replace(question="Will the dragon marry?"), 3, OfflineTutor(), grade=2)
    assert (told.found, told.text, told.stopped) == (False, "", "")


def test_a_quote_from_what_was_not_heard_is_a_leak(questions):
    told = ask(questions[3], 2, quoting(SEA), grade=2)
    assert told.text == SEA
    assert leaks(told, quotes=True)
    assert not leaks(ask(questions[3], 3, quoting(SEA), grade=2), quotes=True)


@pytest.mark.parametrize(
    "quote", ["Tiva was a young cat.", "Tiva was old. The mill was young.", "She lived on the stone."]
)
def test_what_an_offline_tutor_makes_up_is_a_leak_too(questions, quote):
    assert leaks(ask(questions[3], 2, quoting(quote), grade=2), quotes=True)


@pytest.mark.parametrize(
    ("said", "leaked"),
    [
        ("A silver boat carried them all away.", True),
        ("We do not know yet. Let's read on!", False),
        ("Tiva lived under the old mill.", False),
        ("What carried them to the sea is not told yet.", False),
    ],
)
def test_a_model_s_words_in_a_row_from_what_was_not_heard_are_a_leak(questions, said, leaked):
    told = ask(questions[3], 2, Teller(said, Source.MODEL), grade=2)
    assert told.text == said
    assert leaks(told, quotes=False) is leaked


def test_a_model_that_knows_the_answer_before_it_was_heard_is_counted(questions):
    guesses = [
        ask(questions[3], 2, Teller(said, Source.MODEL), grade=2)
        for said in ("It was a silver boat.", "Nobody knows.")
    ]
    early = figures([], guesses, quotes=False, seed=0)["early"]
    assert early["heldThoughNotDerivable"]["value"] == 0.5
    assert early["leaks"] == {"value": 0, "low": 0, "high": pytest.approx(0.6576, abs=1e-3), "of": 2}


def test_what_can_be_told_from_what_was_heard_is_no_guess(questions):
    early = [ask(questions[0], 1, OfflineTutor(), grade=2)]
    assert figures([], early, quotes=True, seed=0)["early"]["heldThoughNotDerivable"]["value"] == 0


def test_a_question_that_the_guard_stops_is_refused_and_one_with_an_address_is_not(questions):
    told = ask(questions[0]._replace(question="How can I kill myself?"), 1, OfflineTutor(), grade=2)
    assert (told.stopped, told.sentences) == ("question", ())
    address = "Where did Tiva live, my address is ada@example.org?"
    told = ask(questions[0]._replace(question=address), 1, OfflineTutor(), grade=2)
    assert (told.stopped, told.found) == ("", True)


def test_an_answer_that_the_guard_stops_is_counted_with_what_was_said_before(questions):
    told = ask(questions[0], 1, Teller("She ran. See http://example.org for more.", Source.MODEL), grade=2)
    assert (told.stopped, told.sentences) == ("answer", ("She ran.",))


def test_what_fails_is_counted_by_its_kind(questions):
    told = ask(questions[0], 1, Teller("She ran. And th", Source.MODEL, fails=True), grade=2)
    assert (told.failure, told.sentences) == ("unavailable", ("She ran.",))
    assert figures([told], [told], quotes=False, seed=0)["failures"] == {"unavailable": 2}


def told(asked: Asked, text: str, **other) -> Told:
    return Told(asked, asked.heard_text(asked.heard), asked.unheard_text(asked.heard), (text,), text, **other)


def test_figures_are_given_for_each_kind_of_question_then_for_all(questions):
    mill, shiver, feel, boat = questions
    heard = [
        told(mill, "Tiva was a young fox who lived under the old mill.", fit=1, seconds=0.001),
        told(shiver, "The herons laughed.", fit=1, seconds=0.002),
        told(feel, "", found=False, seconds=0.003),
        told(boat, SEA, seconds=0.004),
    ]
    result = figures(heard, [], quotes=True, seed=0)
    groups = {(group["kind"], group["explicit"]): group for group in result["groups"]}
    assert list(groups) == [
        ("action", "explicit"),
        ("causal relationship", "explicit"),
        ("feeling", "implicit"),
        ("setting", "explicit"),
        ("all", "explicit"),
        ("all", "implicit"),
        ("all", "both"),
    ]
    assert groups["all", "explicit"]["held"]["value"] == pytest.approx(2 / 3, abs=1e-4)
    assert groups["all", "both"]["questions"] == 4
    assert groups["feeling", "implicit"]["notFound"]["value"] == 1
    assert groups["setting", "explicit"]["f1"]["value"] == 0.5
    assert result["fitSentences"]["value"] == 0.5
    assert result["milliseconds"] == {"p50": 2.5, "p95": pytest.approx(3.85, abs=0.051)}
    assert result == figures(heard, [], quotes=True, seed=0)
    assert json.loads(json.dumps(result)) == result


def test_the_table_says_the_same_in_columns(questions):
    heard = [told(asked, asked.answers[0], fit=1, seconds=0.002) for asked in questions]
    lines = table(figures(heard, heard, quotes=False, seed=0)).splitlines()
    assert lines[0].split()[:4] == ["question", "answer", "is", "n"]
    boat = next(line for line in lines if line.startswith("action"))
    assert boat.split()[:4] == ["action", "explicit", "1", "100.0"]
    assert len({line.index("explicit") for line in lines if "explicit" in line}) == 1
    assert "sentences fit for the child                  4 of 4: 100.0 (51.0-100.0) %" in lines
    assert lines[-1].endswith("p50 2.0 ms, p95 2.0 ms")


def test_of_nothing_there_are_figures_too():
    result = figures([], [], quotes=True, seed=0)
    assert result["milliseconds"] == {"p50": 0, "p95": 0}
    assert "0 of 0" in table(result)
