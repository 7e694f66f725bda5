"""`manage.py evaluate_tutor`: how well a tutor answers, and whether it gives anything away."""

import json
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from sessions.level import grade as grade_of
from tutoring import tutors
from tutoring.evaluation.asking import ask
from tutoring.evaluation.fairytaleqa import Asked, read
from tutoring.evaluation.figures import Told, figures
from tutoring.evaluation.table import table
from tutoring.tutors.interface import Source, Tutor

OFFLINE = "offline"

_AT_ONCE = 4  # questions that a model has at the same time
_PATIENCE = 5  # questions that fail one after the other until the model is taken for gone


class Command(BaseCommand):
    """Ask a tutor the questions of a folder in the form of FairytaleQA, and compare with people's answers.

    Each question is asked when the section that answers it has just been heard, and once more a section
    earlier, where nothing may be given away. No child, no database and no Redis is needed; a model is asked
    by the code that answers live, and charges for it.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what to ask, and whom."""
        parser.add_argument(
            "path", type=Path, metavar="PATH",
            help="a folder with stories/NAME-story.csv and questions/NAME-questions.csv",
        )  # fmt: skip
        parser.add_argument(
            "--provider", default=OFFLINE, metavar="WHO",
            help="offline (the default), or a configured model by its number (1, 2, 3) or its name",
        )  # fmt: skip
        parser.add_argument(
            "--limit", type=int, metavar="N", help="ask only N of the questions, drawn by --seed"
        )
        parser.add_argument(
            "--seed", type=int, default=0, metavar="N", help="of the sample and the intervals"
        )
        parser.add_argument(
            "--grade", type=float, metavar="N",
            help="the reader's Flesch-Kincaid grade; without it each story's own",
        )  # fmt: skip
        parser.add_argument(
            "--at-end", action="store_true",
            help="ask when the whole story was heard, instead of right after the section",
        )  # fmt: skip
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, **options) -> None:
        """Evaluate; what of the files cannot be used goes to stderr, one line each."""
        if options["limit"] is not None and options["limit"] < 1:
            raise CommandError("--limit must be at least 1.")
        tutor = find_tutor(options["provider"])
        try:
            found = read(options["path"])
        except ValueError as error:
            raise CommandError(str(error)) from None
        for problem in found.problems:
            self.stderr.write(problem)
        if not found.questions:
            raise CommandError(f"{options['path']} has no question that can be asked.")
        questions = sample(found.questions, options["limit"], options["seed"])
        grades = {asked.story.name: _grade(asked, options["grade"]) for asked in questions}
        plan = [
            (asked, len(asked.story.sections) if options["at_end"] else asked.heard) for asked in questions
        ]
        early = [(asked, asked.heard - 1) for asked in questions if asked.heard > 1]
        try:
            told = self._ask([*plan, *early], tutor, grades, quiet=options["json"])
        except KeyboardInterrupt:
            raise CommandError("Stopped.", returncode=130) from None
        result = {
            "provider": tutor.name,
            "stories": len(grades),
            "questions": len(plan),
            "askedAtEnd": options["at_end"],
            "problems": found.problems,
            **figures(
                told[: len(plan)],
                told[len(plan) :],
                quotes=tutor.source is Source.OFFLINE,
                seed=options["seed"],
            ),
        }
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
            return
        self.stdout.write(
            "{provider}: {questions} questions about {stories} stories; in % with intervals of 95 %\n".format(
                **result
            )
        )
        self.stdout.write(table(result))

    def _ask(
        self, plan: list[tuple[Asked, int]], tutor: Tutor, grades: dict[str, float], *, quiet: bool
    ) -> list[Told]:
        def told(what: tuple[Asked, int]) -> Told:
            asked, sections = what
            return ask(asked, sections, tutor, grades[asked.story.name])

        outcomes: list[Told] = []
        failed_together = 0
        # The offline tutor is asked one by one: only so its time is that of one core.
        threads = ThreadPoolExecutor(1 if tutor.source is Source.OFFLINE else _AT_ONCE)
        # disable=None: no bar where nobody watches (stderr is no terminal).
        bar = partial(tqdm, total=len(plan), unit="question", leave=False, disable=quiet or None)
        try:
            for outcome in bar(threads.map(told, plan)):
                outcomes.append(outcome)
                failed_together = failed_together + 1 if outcome.failure else 0
                if failed_together == _PATIENCE:
                    raise CommandError(f"{tutor.name} does not answer: {outcome.failure}.")
        finally:
            threads.shutdown(cancel_futures=True)
        return outcomes


def find_tutor(who: str) -> Tutor:
    """Return a configured tutor by `offline`, number or name. Raises CommandError."""
    *models, offline = tutors.in_order()
    if who == OFFLINE:
        return offline
    if who.isdecimal() and 0 < int(who) <= len(models):
        return models[int(who) - 1]
    for model in models:
        if model.name == who:
            return model
    known = ", ".join(f"{number} ({model.name})" for number, model in enumerate(models, 1))
    raise CommandError(
        f"There is no provider {who!r}. "
        + (f"There are: offline, {known}." if known else "No language model is configured: set LLM_BASE_URL.")
    )


def sample(questions: list[Asked], limit: int | None, seed: int) -> list[Asked]:
    """Return so many of the questions, drawn by `seed`, in their order; all of them without a limit."""
    if limit is None or limit >= len(questions):
        return questions
    drawn = random.Random(seed).sample(range(len(questions)), limit)  # noqa: S311
    return [questions[number] for number in sorted(drawn)]


def _grade(asked: Asked, grade: float | None) -> float:
    if grade is not None:
        return grade
    return grade_of(asked.heard_text(len(asked.story.sections))) or 0.0
