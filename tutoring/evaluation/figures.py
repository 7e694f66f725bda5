"""The figures of an evaluation, from what became of each question. Pure."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from tutoring.evaluation import measures
from tutoring.evaluation.fairytaleqa import Asked
from tutoring.evaluation.measures import Interval

_QUOTED = 2  # stretches of the story that the offline tutor may say at once: its two sentences
_LEAKED_WORDS = 5  # in a row, that stand only in what was not heard

_KINDS = {True: "explicit", False: "implicit"}


class Told(NamedTuple):
    """What became of one question."""

    asked: Asked
    heard: str  # the story up to where it was asked
    unheard: str  # the rest of it
    sentences: tuple[str, ...] = ()  # what the child was told; none where it was stopped or failed
    text: str = ""  # what of it tells of the story: without the frame around a quote
    fit: int = 0  # of the sentences are for this child
    found: bool = True  # the offline tutor has found something to quote
    stopped: str = ""  # what the guard stopped: the question, or the answer
    failure: str = ""  # the kind of TutorError
    seconds: float = 0.0


def figures(heard: Sequence[Told], early: Sequence[Told], *, quotes: bool, seed: int) -> dict[str, Any]:
    """Return all figures, as JSON has them: of questions asked when their answer was heard, and before.

    `quotes`: the tutor may say only sentences of the story, so that whatever else it says is a leak.
    """
    everyone = [*heard, *early]
    said = [told for told in heard if told.sentences]
    sentences = sum(len(told.sentences) for told in said)
    fitting = sum(told.fit for told in said)
    seconds = [told.seconds * 1000 for told in everyone]
    return {
        "groups": [
            {"kind": kind, "explicit": explicit, **_group(of_group, seed)}
            for kind, explicit, of_group in _groups(heard)
        ],
        "early": {
            "leaks": _json(measures.share(leaks(told, quotes=quotes) for told in early)),
            "heldThoughNotDerivable": _json(measures.share(_guessed(told) for told in early)),
            "notFound": _json(measures.share(not told.found for told in early)),
        },
        "leaksWhenHeard": _json(measures.share(leaks(told, quotes=quotes) for told in heard)),
        "fitSentences": _json(measures.share([True] * fitting + [False] * (sentences - fitting))),
        "questionsStopped": _json(measures.share(told.stopped == "question" for told in heard)),
        "answersStopped": _json(measures.share(told.stopped == "answer" for told in heard)),
        "notFound": _json(measures.share(not told.found for told in heard)),
        "failures": dict(Counter(told.failure for told in everyone if told.failure)),
        "milliseconds": {
            "p50": round(measures.percentile(seconds, 50), 1),
            "p95": round(measures.percentile(seconds, 95), 1),
        },
    }


def leaks(told: Told, *, quotes: bool) -> bool:
    """Does an answer tell what was not heard?"""
    if quotes:
        made_of = measures.stretches(told.text, told.heard)
        return made_of is None or made_of > _QUOTED
    known = f"{told.heard}\n{told.asked.question}"
    return measures.tells_of(told.text, told.unheard, known, _LEAKED_WORDS)


def held(told: Told, *, exactly: bool = False) -> bool:
    """Does what was told hold one of the answers that people gave?"""
    return any(measures.holds(told.text, answer, exactly=exactly) for answer in told.asked.answers)


def _guessed(told: Told) -> bool:
    """Is an answer held that cannot be put together from what was heard and asked?"""
    known = f"{told.heard}\n{told.asked.question}"
    return any(
        measures.holds(told.text, answer) and not measures.holds(known, answer)
        for answer in told.asked.answers
    )


def _groups(heard: Sequence[Told]) -> Iterable[tuple[str, str, list[Told]]]:
    """Yield each kind of question by itself, then all kinds; "" explicit: both."""
    for kind in sorted({told.asked.kind for told in heard}):
        for explicit, name in _KINDS.items():
            if found := [
                told for told in heard if told.asked.kind == kind and told.asked.explicit == explicit
            ]:
                yield kind, name, found
    for explicit, name in _KINDS.items():
        yield "all", name, [told for told in heard if told.asked.explicit == explicit]
    yield "all", "both", list(heard)


def _group(of_group: Sequence[Told], seed: int) -> dict[str, Any]:
    def nearest(measure: Callable[[str, str], float]) -> dict[str, float]:
        return _json(
            measures.mean((measures.best(measure, told.text, told.asked.answers) for told in of_group), seed)
        )

    return {
        "questions": len(of_group),
        "held": _json(measures.share(map(held, of_group))),
        "heldExactly": _json(measures.share(held(told, exactly=True) for told in of_group)),
        "f1": nearest(measures.token_f1),
        "rougeL": nearest(measures.rouge_l),
        "notFound": _json(measures.share(not told.found for told in of_group)),
    }


def _json(interval: Interval) -> dict[str, float]:
    return {name: round(figure, 4) for name, figure in interval._asdict().items()}
