"""Both sides of a turn are looked at: the question before a tutor is asked, each sentence before it is said.

The local checker always runs; the moderation endpoint where one is configured, and only on what personal
data was taken out of. Where it does not say that a text is all right, the text is not.
"""

import logging
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from tutoring import prompts
from tutoring.safety import local, moderation, personal
from tutoring.safety.categories import Category
from tutoring.safety.moderation import ModerationError
from tutoring.safety.readings import words
from tutoring.tutors.interface import Deadline, Source, Turn

logger = logging.getLogger(__name__)

_LITTLE = 4  # words: "My phone number is" alone is no question


class Checked(NamedTuple):
    """A question that was looked at: `text` has no personal data, and only it may go anywhere."""

    text: str
    category: Category | None
    for_a_tutor: bool


class NotToBeSaid(Exception):
    """A sentence of an answer is not for a child; the message says only why."""

    def __init__(self, category: Category, text: str) -> None:
        super().__init__(category)
        self.category = category
        self.text = text


class KindWord:
    """The tutor that says one line of ours, in the place of all others."""

    source = Source.GUARD
    name = "guard"

    def __init__(self, line: str) -> None:
        self._line = line

    def answer(self, turn: Turn, deadline: Deadline) -> Generator[str, None, None]:
        """Yield the line."""
        yield self._line


def check_question(text: str, deadline: Deadline) -> Checked:
    """Return what may go to a tutor, if anything may."""
    plain = personal.without_personal_data(text)
    if found := local.look_at_question(text) or _moderated(plain, deadline):
        return Checked(plain, found, for_a_tutor=False)
    contact = personal.contact(text)
    return Checked(plain, contact, for_a_tutor=not contact or len(words(plain).split()) > _LITTLE)


def fit_to_repeat(before: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Yield the earlier questions that a tutor may know of, and what was heard of each answer."""
    for asked, heard in before:
        if local.look_at_question(asked) is None:
            yield personal.without_personal_data(asked), heard


def check_sentence(text: str, turn: Turn, source: Source, deadline: Deadline) -> None:
    """Look at a sentence of an answer. Raises NotToBeSaid."""
    if source is Source.GUARD:
        return
    told = "\n".join((turn.heard, *turn.glossary, *turn.glossary.values()))
    quoting = source is Source.OFFLINE
    rules = "" if quoting else prompts.rules(turn)
    if found := local.look_at_answer(text, told, rules, quoting=quoting) or _moderated(text, deadline):
        raise NotToBeSaid(found, text)


def _moderated(text: str, deadline: Deadline) -> Category | None:
    try:
        return moderation.look(text, deadline)
    except ModerationError as error:
        logger.error("a text was not checked, and is not used: %s", error)
        return Category.UNCHECKED
