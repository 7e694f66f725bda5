"""What the children's ledgers say of a stretch of time: a row of the table that a proof ends with. Pure."""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from readerai.loadtest.ledger import Ledger
from sessions.protocol import Outcome

# Of these everybody must see none.
ZERO = ("lost", "twice", "wrong", "words lost", "never ended", "not back")


class Row(NamedTuple):
    """One event, from its moment to the next one's; pauses and waits are seconds of one child.

    `lost` counts messages that never came, `twice` those that came again, `wrong` those out of order,
    changed or not asked for. A question belongs to the event in which it was asked.
    """

    event: str
    sessions: int
    cut_off: int
    lossless: int
    replayed: int
    snapshot: int
    lost: int
    twice: int
    wrong: int
    words_lost: int
    not_back: int
    longest_pause: float
    asked: int
    answered: int
    failed_kindly: int
    never_ended: int
    longest_wait: float

    @property
    def faults(self) -> dict[str, int]:
        """Return what must be 0 and is not."""
        named = {name.replace("_", " "): value for name, value in self._asdict().items()}
        return {name: named[name] for name in ZERO if named[name]}


class Counts(NamedTuple):
    """What the ledgers have counted so far, of all children."""

    outcomes: Counter[str]
    gaps: int
    twice: int
    wrong: int
    words_lost: int

    @classmethod
    def of(cls, ledgers: Sequence[Ledger]) -> "Counts":
        """Add them up."""
        faults = [ledger.faults for ledger in ledgers]
        return cls(
            sum((ledger.outcomes for ledger in ledgers), Counter()),
            sum(fault.gaps for fault in faults),
            sum(fault.duplicated for fault in faults),
            sum(fault.out_of_order + fault.changed + fault.unknown for fault in faults),
            sum(fault.words_lost for fault in faults),
        )

    def since(self, earlier: "Counts") -> "Counts":
        """Return what has been added since."""
        return Counts(*(now - before for now, before in zip(self, earlier, strict=True)))


def row(
    event: str, ledgers: Sequence[Ledger], begun: float, ended: float, counted: Counts, now: float
) -> Row:
    """Return the row of what happened from `begun` until `ended`; `counted` was added in that time."""
    absences = [
        absence
        for ledger in ledgers
        for absence in ledger.absences[1:]  # the first one is the arrival
        if begun <= absence.begun_at < ended
    ]
    questions = [
        question
        for ledger in ledgers
        for question in ledger.questions.values()
        if begun <= question.asked_at < ended
    ]
    ended_ones = [question for question in questions if question.ended_at is not None]
    lacking = sum(max(0, (question.promised or 0) - question.sentences) for question in ended_ones)
    lacking += sum(question.acknowledged_at is None for question in ended_ones)
    pauses = [(absence.restored_at or now) - absence.begun_at for absence in absences]
    return Row(
        event=event,
        sessions=len(ledgers),
        cut_off=len(absences),
        lossless=counted.outcomes[Outcome.LOSSLESS],
        replayed=counted.outcomes[Outcome.REPLAYED],
        snapshot=counted.outcomes[Outcome.SNAPSHOT],
        lost=counted.gaps + lacking,
        twice=counted.twice,
        wrong=counted.wrong,
        words_lost=counted.words_lost,
        not_back=sum(absence.restored_at is None for absence in absences),
        longest_pause=max(pauses, default=0.0),
        asked=len(questions),
        answered=sum(question.promised is not None for question in ended_ones),
        failed_kindly=sum(question.promised is None for question in ended_ones),
        never_ended=len(questions) - len(ended_ones),
        longest_wait=max((question.ended_at - question.asked_at for question in ended_ones), default=0.0),
    )


def drawn(rows: Sequence[Row]) -> str:
    """Return the table as text."""
    heads = [name.replace("_", " ") for name in Row._fields]
    cells = [[f"{value:.1f}" if isinstance(value, float) else str(value) for value in line] for line in rows]
    widths = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    # Numbers stand below each other on the right, the events' names on the left.
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in [heads, *cells]
    )
