"""The prompt of a page: the same for whoever reads it, of another kind from page to page. Pure."""

from collections.abc import Callable, Mapping

from sessions.words import primary_language
from tutoring.dialogue import questions
from tutoring.dialogue.characters import characters
from tutoring.dialogue.lexicon import DESCRIBED, DETERMINERS, LINKS, PRONOUNS, VAGUE, is_past, words_of
from tutoring.dialogue.phrases import Phrases, phrases
from tutoring.dialogue.prompt import GAP, Kind, Prompt
from tutoring.dialogue.questions import Question
from tutoring.dialogue.told import told
from tutoring.tutors.stems import stems

_ROUND = (Kind.COMPLETION, Kind.OPEN, Kind.RECALL, Kind.WH)
# What was heard comes before what is thought, and of what always can be asked now one, now the other.
_OTHERWISE = (
    (Kind.WH, Kind.COMPLETION, Kind.RECALL, Kind.OPEN),
    (Kind.WH, Kind.COMPLETION, Kind.OPEN, Kind.RECALL),
)
_FEWEST_WORDS, _MOST_WORDS = 5, 16  # of a sentence that a child is to finish
_SHORTEST_WORD = 3  # letters
# Words that describe a thing, between it and its determiner; in French and Spanish most come after it.
_BETWEEN_AT_MOST = {"en": 2, "de": 2, "fr": 0, "es": 0}
_GOOD_LENGTH = range(6, 11)  # words of a sentence that is easy to keep in mind
_CHOICES = 3


def prompt_of(text: str, language: str, number: int, glossary: Mapping[str, str]) -> Prompt | None:
    """Return what to ask at the end of the page `number`; None where nothing good can be asked.

    `language` is a BCP 47 tag. The kind goes round with the number; where the page does not give
    it, another is taken.
    """
    say = phrases(language)
    if say is None:
        return None
    page = _Page(text, language, number, glossary, say)
    kinds = [_ROUND[number % len(_ROUND)], *_OTHERWISE[number % len(_OTHERWISE)]]
    return next((prompt for kind in kinds if (prompt := page.make(kind)) is not None), None)


class _Page:
    """One page, and the prompt of each kind that it gives."""

    def __init__(
        self, text: str, language: str, number: int, glossary: Mapping[str, str], say: Phrases
    ) -> None:
        self._language = language
        self._primary = primary_language(language)
        self._turn = number // len(_ROUND)  # how often the kinds have gone round
        self._say = say
        self._glossary = {stem for word in glossary for stem in stems(word, language)}
        self._sentences = told(text)
        self._cast = characters(text, self._primary)
        self._things = [thing for sentence in self._sentences for thing in self._things_in(sentence)]

    def make(self, kind: Kind) -> Prompt | None:
        """Return a prompt of this kind, if the page gives one."""
        makers: dict[Kind, Callable[[], Prompt | None]] = {
            Kind.COMPLETION: self._completion,
            Kind.RECALL: self._recall,
            Kind.OPEN: self._open,
            Kind.WH: self._wh,
        }
        return makers[kind]()

    def _completion(self) -> Prompt | None:
        """The most memorable sentence, without its last word; of equal ones the last, just heard."""
        candidates = [
            (self._memorable(sentence, word), at, sentence, word)
            for at, sentence in enumerate(self._sentences)
            if (word := self._last_thing(sentence))
        ]
        if not candidates:
            return None
        *_, sentence, word = max(candidates)
        gap = f"{sentence[: -len(word) - 1]}{GAP}{sentence[-1]}"
        text = self._say.finish.format(gap=gap)
        return Prompt(Kind.COMPLETION, text, self._language, word, sentence, self._choices(word, sentence))

    def _recall(self) -> Prompt | None:
        found = self._ask(questions.what)
        if found is not None:
            return self._question(Kind.RECALL, found)
        if not self._cast:
            return None
        name = self._somebody()
        about = [
            sentence
            for sentence in self._sentences
            if name.lower() in sentence.lower() and len(words_of(sentence)) <= _MOST_WORDS
        ]
        text = self._say.remember[self._turn % len(self._say.remember)].format(who=name)
        return Prompt(Kind.RECALL, text, self._language, "", about[-1] if about else "", ())

    def _open(self) -> Prompt | None:
        if not self._cast:
            return None
        frame = self._say.open[self._turn % len(self._say.open)]
        return Prompt(Kind.OPEN, frame.format(who=self._somebody()), self._language, "", "", ())

    def _somebody(self) -> str:
        """Return one of the two whom the page tells most of, now the one, now the other."""
        return self._cast[self._turn % min(2, len(self._cast))]

    def _wh(self) -> Prompt | None:
        found = self._ask(questions.where) or self._ask(questions.who)
        return self._question(Kind.WH, found) if found is not None else None

    def _question(self, kind: Kind, found: Question) -> Prompt:
        return Prompt(kind, found.text, self._language, found.expected, found.sentence, ())

    def _ask(self, ask: Callable[[str, list[str]], Question | None]) -> Question | None:
        """Return the last question that can be asked so: what was just heard is remembered best."""
        if self._primary != "en":
            return None
        clauses = [clause for sentence in self._sentences for clause in questions.clauses(sentence)]
        asked = (ask(clause, self._cast) for clause in reversed(clauses))
        return next((found for found in asked if found is not None), None)

    def _last_thing(self, sentence: str) -> str:
        """Return the thing that ends a sentence, if a child can be asked for it; else ""."""
        words = words_of(sentence)
        if not _FEWEST_WORDS <= len(words) <= _MOST_WORDS:
            return ""
        word = words[-1]
        fits = sentence[:-1].endswith(word) and self._is_thing(words, len(words) - 1)
        return word if fits and word.lower() not in {other.lower() for other in words[:-1]} else ""

    def _is_thing(self, words: list[str], at: int) -> bool:
        """Tell whether a word is what a determiner just before it, or before what describes it, is about."""
        word = words[at]
        if len(word) < _SHORTEST_WORD or word.lower() in VAGUE | PRONOUNS | DESCRIBED:
            return False
        if word[0].isupper() != (self._primary == "de"):
            return False
        known = DETERMINERS[self._primary] | LINKS[self._primary]
        if word.lower() in known or self._primary == "en" and (word.endswith(("ly", "ing")) or is_past(word)):
            return False
        for before in reversed(words[max(0, at - _BETWEEN_AT_MOST[self._primary] - 1) : at]):
            if before.lower() in known:
                return before.lower() in DETERMINERS[self._primary]
        return False

    def _things_in(self, sentence: str) -> list[str]:
        """Return the things of a sentence: what a child could take for the missing word."""
        words = words_of(sentence)
        ends = [at for at, word in enumerate(words[1:]) if word.lower() in LINKS[self._primary]]
        return [words[at] for at in [*ends, len(words) - 1] if self._is_thing(words, at)]

    def _memorable(self, sentence: str, word: str) -> int:
        """Return how good a sentence is to finish: the more the better."""
        explained = bool(self._glossary & set(stems(word, self._language)))
        named = any(name in sentence for name in self._cast)
        again = self._things.count(word) > 1
        easy = len(words_of(sentence)) in _GOOD_LENGTH
        return 3 * explained + 2 * named + again + easy - sentence.count(",")

    def _choices(self, word: str, sentence: str) -> tuple[str, ...]:
        """Return three words in alphabetical order: the missing one and two other things of the page."""
        known = set(stems(sentence, self._language))
        others: dict[str, str] = {}
        for thing in reversed(self._things):
            stem = stems(thing, self._language)[0]
            if stem not in known:
                others.setdefault(stem, thing)
        chosen = list(others.values())[: _CHOICES - 1]
        return tuple(sorted([word, *chosen], key=str.lower)) if len(chosen) == _CHOICES - 1 else ()
