"""A tutor is asked as a child would ask it: by the code that answers live, with all that guards it."""

import time

from django.conf import settings

from tutoring import fit
from tutoring.answer import plain
from tutoring.evaluation.fairytaleqa import Asked
from tutoring.evaluation.figures import Told
from tutoring.safety import guard
from tutoring.tutors.frames import frames, quote_in
from tutoring.tutors.interface import Deadline, Source, Turn, Tutor, TutorError
from tutoring.unheard import UnheardAnswer

LANGUAGE = "en"


def ask(asked: Asked, sections: int, tutor: Tutor, grade: float) -> Told:
    """Ask a question of a child who has heard the first so many sections and reads `grade` with ease."""
    told = Told(asked, asked.heard_text(sections), asked.unheard_text(sections))
    begun = time.perf_counter()
    deadline = Deadline(settings.ANSWER_SECONDS)
    checked = guard.check_question(plain(asked.question), deadline)
    if checked.category and not checked.for_a_tutor:
        return told._replace(stopped="question", seconds=time.perf_counter() - begun)
    turn = Turn(checked.text, told.heard, LANGUAGE, {}, grade=grade)
    answer = UnheardAnswer(checked.text)
    stopped = failure = ""
    try:
        answer.say(tutor, turn, deadline)
    except guard.NotToBeSaid:
        stopped = "answer"
    except TutorError as error:
        failure = error.kind
    seconds = time.perf_counter() - begun
    said = " ".join(answer.sentences)
    offline = tutor.source is Source.OFFLINE
    return told._replace(
        sentences=tuple(answer.sentences),
        text=quote_in(said, LANGUAGE) if offline else said,
        fit=sum(fit.serves(sentence, turn) for sentence in answer.sentences),
        found=not offline or said not in (frames(LANGUAGE).unknown, frames(LANGUAGE).no_word),
        stopped=stopped,
        failure=failure,
        seconds=seconds,
    )
