"""The durable messages of one child: which it has taken, and what was wrong with those that came. Pure.

A child takes each message once, by what it is: (question, type, sentence index). The same message again
is *repeated* where a snapshot lies between, because a server that lost its state may say again what it
said; otherwise it is *duplicated*, which the protocol forbids.
"""

from dataclasses import dataclass, field

from sessions import protocol

# (question id, type, sentence index or -1)
Key = tuple[str, str, int]


@dataclass(slots=True)
class Faults:
    """What must all be 0."""

    gaps: int = 0  # numbers missing between messages of one epoch
    duplicated: int = 0  # again without need, or a second end of one question
    out_of_order: int = 0
    changed: int = 0  # came again with another content
    unknown: int = 0  # about a question that this child never asked
    words_lost: int = 0  # words read again because the server had an older place


@dataclass(slots=True)
class Inbox:
    """What was taken until `last_seq`, the highest number that came in this epoch."""

    faults: Faults = field(default_factory=Faults)
    last_seq: int = 0
    acknowledged: int = 0  # the last number that the server was told of
    repeated: int = 0
    _snapshots: int = 0
    _taken: dict[Key, tuple[int, int]] = field(default_factory=dict)  # -> snapshots before, hash of content
    _missing: set[int] = field(default_factory=set)

    @property
    def owes_acknowledgement(self) -> bool:
        """Has the child taken messages that the server does not know of?"""
        return self.last_seq > self.acknowledged

    def acknowledge(self) -> int:
        """Return the number to tell the server; it knows then what was taken."""
        self.acknowledged = self.last_seq
        return self.last_seq

    def take(self, message: protocol.DurableMessage) -> bool:
        """Take a message; return False if the child had it already."""
        payload = message.payload
        sentence = payload.index if isinstance(payload, protocol.AnswerSentencePayload) else -1
        key = (payload.question_id, type(message).__name__, sentence)
        known = self._taken.get(key)
        if message.seq > self.last_seq:
            self.advance(message.seq, message.seq)
        elif message.seq in self._missing:
            self._missing.remove(message.seq)
            self.faults.gaps -= 1
            self.faults.out_of_order += 1
        elif known is None:
            self.faults.out_of_order += 1
        content = hash(payload)
        if known is not None:
            self._again(known, content)
            return False
        self._taken[key] = (self._snapshots, content)
        return True

    def advance(self, next_seq: int, last_seq: int) -> None:
        """Go on to `last_seq`; what lies before `next_seq` and has not come is missing."""
        skipped = range(self.last_seq + 1, next_seq)
        self._missing.update(skipped)
        self.faults.gaps += len(skipped)
        self.last_seq = max(self.last_seq, last_seq)

    def begin_again(self, last_seq: int) -> None:
        """A snapshot has come: numbers go on from `last_seq`, whatever they were."""
        self.last_seq = last_seq
        self._missing.clear()
        self._snapshots += 1

    def _again(self, known: tuple[int, int], content: int) -> None:
        snapshots, former = known
        if snapshots == self._snapshots:
            self.faults.duplicated += 1
        else:
            self.repeated += 1
        if content != former:
            self.faults.changed += 1
