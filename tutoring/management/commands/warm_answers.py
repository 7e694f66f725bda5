"""`manage.py warm_answers`: get the answers ahead to what a class is likely to ask of a book."""

import json
import time
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from sessions.shelf import book_text
from tutoring import tutors, warming
from tutoring.answer_key import GRADES
from tutoring.management.commands.narrate import find_books
from tutoring.tutors.interface import Source

_PATIENCE = 5  # questions that fail one after the other until the model is taken for gone


class Command(BaseCommand):
    """Ask the model what children are likely to ask on each page; keep the answers, with their voice.

    A child who asks the same then gets the answer at once, and the model is not asked. What it charges
    meanwhile is not counted. Safe to stop and to run again: what is there is not asked again.
    """

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which book, and what to ask."""
        parser.add_argument("book", metavar="BOOK", help="a title, or the number that the admin shows")
        parser.add_argument(
            "--questions",
            type=Path,
            metavar="FILE",
            help="more questions, one a line; `3: Why did she hide?` is asked on page 3 only, others on "
            "every page from the one on where the story has named all they ask for",
        )
        parser.add_argument(
            "--grade",
            type=float,
            action="append",
            metavar="N",
            help="answer for readers of this grade (Flesch-Kincaid) and their band; may be given more than "
            "once; without it for readers of all three bands",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="show what would be asked, and ask nothing"
        )
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, **options) -> None:
        """Warm one book; problems go to stderr, one line each."""
        books = find_books(options["book"])
        if len(books) > 1:
            numbers = ", ".join(str(book.pk) for book in books)
            raise CommandError(
                f"There are {len(books)} books {options['book']!r}. Name one by number: {numbers}."
            )
        book = book_text(books[0].pk)
        try:
            aheads = warming.plan(book, _lines(options["questions"]), options["grade"] or GRADES)
        except ValueError as error:
            raise CommandError(f"{options['questions']}, {error}") from None
        if options["dry_run"]:
            self._show(aheads)
            return
        tutor = tutors.in_order()[0]
        if tutor.source is not Source.MODEL:
            raise CommandError(
                "No language model is configured, and the offline tutor needs no warming: set LLM_BASE_URL."
            )
        begun = time.monotonic()
        try:
            with closing(warming.warm(book, aheads, tutor)) as outcomes:
                fates = self._run(outcomes, len(aheads), quiet=options["json"])
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to go on from here.", returncode=130) from None
        result = {
            "pages": len(book.pages),
            "questions": len(aheads),
            **{fate.name.lower(): fates[fate] for fate in warming.Fate},
            "seconds": round(time.monotonic() - begun, 1),
        }
        if options["json"]:
            self.stdout.write(json.dumps(result))
        elif options["verbosity"]:
            self.stdout.write(
                "{pages} pages, {questions} questions: {answered} newly answered, {there} there already, "
                "{unfit} unfit to be kept, {failed} failed, in {seconds} s; tokens are not counted".format(
                    **result
                )
            )
        if fates[warming.Fate.FAILED]:
            raise CommandError(
                f"{fates[warming.Fate.FAILED]} questions failed. Run it again to ask them once more."
            )

    def _show(self, aheads: Iterable[warming.Ahead]) -> None:
        for likely in dict.fromkeys(ahead.likely for ahead in aheads):
            self.stdout.write(f"page {likely.page}, word {likely.word_index}: {likely.question}")

    def _run(self, outcomes: Iterable[warming.Outcome], total: int, *, quiet: bool) -> Counter[warming.Fate]:
        fates: Counter[warming.Fate] = Counter()
        failed_together = 0
        # disable=None: no bar where nobody watches (stderr is no terminal).
        with tqdm(outcomes, total=total, unit="question", leave=False, disable=quiet or None) as bar:
            for outcome in bar:
                fates[outcome.fate] += 1
                failed = outcome.fate is warming.Fate.FAILED
                failed_together = failed_together + 1 if failed else 0
                if failed:
                    bar.clear()
                    likely = outcome.ahead.likely
                    self.stderr.write(f"page {likely.page}, {likely.question!r}: {outcome.problem}")
                if failed and (not outcome.retryable or failed_together == _PATIENCE):
                    raise CommandError("The model does not answer. Run it again once that is mended.")
        return fates


def _lines(path: Path | None) -> list[str]:
    if path is None:
        return []
    try:
        return path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from None
