"""What is said to a child's answer: praise that says it again, or a hint; never that it was wrong. Pure."""

import re
import unicodedata

from sessions.words import primary_language
from tutoring.dialogue.lexicon import DESCRIBED, DETERMINERS, LINKS
from tutoring.dialogue.phrases import Phrases, phrases
from tutoring.dialogue.prompt import GAP, Prompt, Reply, Verdict
from tutoring.tutors.function_words import function_words
from tutoring.tutors.stems import stems

HINTS = 2  # then the answer is told

_LONGEST_ANSWER = 200  # characters looked at
_LONGEST_WORD = 24  # letters compared
_ONE_SLIP_FROM, _TWO_SLIPS_FROM = 4, 8  # letters of a word in which so many slips are forgiven
_SAME_BEGINNING = 3  # letters
# Without signs and accents, as `_plain` has it.
_NOTHING = re.compile(
    r"(?:(?:i|we) )?(?:do not|don'?t|dont|can'?t|cannot) (?:know|remember)(?: (?:it|that))?"
    r"|i forgot|no idea|dunno|not sure|nothing|no|skip"
    r"|(?:ich )?weiss (?:es |das )?nicht|keine ahnung|nichts|nein"
    r"|(?:je )?(?:ne )?(?:le )?sais pas|aucune idee|rien|non"
    r"|(?:yo )?no (?:lo )?se|ni idea|nada"
)


def judge(prompt: Prompt, answer: str) -> Verdict:
    """Return how an answer was. Where anything is welcome, anything that says something is praised."""
    answer = answer[:_LONGEST_ANSWER]
    said = _words(answer, prompt.language)
    if not prompt.expected:
        return Verdict.PRAISE if said and not _says_nothing(answer) else Verdict.HINT
    wanted = _wanted(prompt.expected, prompt.language)
    slips = [(_slips(heard, word), heard, word) for heard in said for word in wanted]
    if any(heard[0] == word[0] and count <= _forgiven(word) for count, heard, word in slips):
        return Verdict.PRAISE
    if any(_is_close(count, heard, word) for count, heard, word in slips):
        return Verdict.CLOSE
    return Verdict.HINT


def reply_to(prompt: Prompt, answer: str, attempt: int) -> Reply:
    """Return what is said to the child's answer, its `attempt`-th to this prompt, counted from 1."""
    say = phrases(prompt.language)
    if say is None:
        raise ValueError(f"no prompt is made in the language {prompt.language}")
    verdict = judge(prompt, answer)
    if verdict is Verdict.PRAISE:
        return Reply(verdict, _praise(prompt, say), True)
    if attempt > HINTS:
        text = say.tell.format(sentence=prompt.sentence) if prompt.expected else say.read_on
        return Reply(verdict, text, True)
    if not prompt.expected:
        return Reply(verdict, say.anything.format(question=prompt.text), False)
    frame = say.almost if verdict is Verdict.CLOSE else say.good_try
    return Reply(verdict, frame.format(hint=_hint(prompt, say)), False)


def _praise(prompt: Prompt, say: Phrases) -> str:
    if not prompt.expected:
        return say.remembered.format(sentence=prompt.sentence) if prompt.sentence else say.thanks
    return say.praise[len(prompt.sentence) % len(say.praise)].format(sentence=prompt.sentence)


def _hint(prompt: Prompt, say: Phrases) -> str:
    """Return the first letter, and the sentence with a gap for the answer."""
    gap = re.sub(rf"\b{re.escape(prompt.expected)}\b", GAP, prompt.sentence, count=1)
    letter = _heads(prompt.expected, prompt.language)[0][0].upper()
    return say.begins.format(letter=letter, gap=gap)


def _heads(expected: str, language: str) -> list[str]:
    """Return the words of an expected phrase without its little ones."""
    words = re.findall(r"[^\W\d_]+", expected)
    primary = primary_language(language)
    little = DETERMINERS[primary] | LINKS[primary] | DESCRIBED
    return [word for word in words if word.lower() not in little] or words


def _wanted(expected: str, language: str) -> list[str]:
    return [stem for head in _heads(expected, language) for stem in _stems(head, language)]


def _words(answer: str, language: str) -> list[str]:
    """Return what an answer says, as it is compared, without function words where we know them."""
    known = function_words(language)
    return [stem for stem in _stems(answer, language) if stem not in known]


def _stems(text: str, language: str) -> list[str]:
    return [plain[:_LONGEST_WORD] for stem in stems(text, language) if (plain := _plain(stem))]


def _plain(text: str) -> str:
    """Return a text in small letters without accents, which children leave out."""
    parts = unicodedata.normalize("NFD", text.casefold().replace("’", "'"))
    return "".join(part for part in parts if not unicodedata.combining(part))


def _says_nothing(answer: str) -> bool:
    return bool(_NOTHING.fullmatch(" ".join(re.findall(r"[\w']+", _plain(answer)))))


def _forgiven(word: str) -> int:
    return (len(word) >= _ONE_SLIP_FROM) + (len(word) >= _TWO_SLIPS_FROM)


def _is_close(slips: int, heard: str, word: str) -> bool:
    same_beginning = len(heard) > _SAME_BEGINNING and heard[:_SAME_BEGINNING] == word[:_SAME_BEGINNING]
    return same_beginning or (len(word) >= _ONE_SLIP_FROM and slips <= _forgiven(word) + 1)


def _slips(heard: str, word: str) -> int:
    """Return how many letters are missing, too many, another's, or in the place of their neighbour."""
    before: list[int] = []
    last = list(range(len(word) + 1))
    for row, letter in enumerate(heard, start=1):
        current = [row]
        for column, expected in enumerate(word, start=1):
            cost = min(last[column] + 1, current[-1] + 1, last[column - 1] + (letter != expected))
            swapped = row > 1 and column > 1 and letter == word[column - 2] and heard[row - 2] == expected
            current.append(min(cost, before[column - 2] + 1) if swapped else cost)
        before, last = last, current
    return last[-1]
