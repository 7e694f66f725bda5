"""`manage.py narrate`: make or check the narration of books."""

import difflib
import json
import time
from collections.abc import Iterable

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from sessions.models import Book, Page
from tutoring.narration import batch


class Command(BaseCommand):
    """Narrate every page of the books that has no narration yet. Safe to stop and to run again."""

    help = __doc__

    def add_arguments(self, parser: CommandParser) -> None:
        """Say which books, and what to do with them."""
        parser.add_argument(
            "books", nargs="*", metavar="BOOK", help="a title, or the number that the admin shows"
        )
        parser.add_argument("--all", action="store_true", help="every book")
        making = parser.add_mutually_exclusive_group()
        making.add_argument("--again", action="store_true", help="voice pages that are narrated already, too")
        making.add_argument(
            "--check",
            action="store_true",
            help="make nothing: verify that every page is narrated, its file is there, and every word has "
            "its time within the audio; one line for each problem, exit status 1",
        )
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args, **options) -> None:
        """Narrate or check; problems go to stderr, one line each."""
        if bool(options["books"]) == options["all"]:
            raise CommandError("Name one or more books, or say --all.")
        pages = Page.objects.select_related("book").order_by("book_id", "number")
        if not options["all"]:
            pages = pages.filter(book__in=[book for name in options["books"] for book in find_books(name)])
        begun = time.monotonic()
        outcomes = batch.check(pages) if options["check"] else batch.narrate(pages, again=options["again"])
        try:
            result = self._run(outcomes, pages.count(), quiet=options["json"])
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again to go on from here.", returncode=130) from None
        result["seconds"] = round(time.monotonic() - begun, 1)
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        elif options["verbosity"]:
            self.stdout.write(
                "{pages} pages, {made} newly narrated, {audioSeconds} s of audio, in {seconds} s".format(
                    **result
                )
            )
        if result["problems"]:
            mend = " Run narrate --again for those books." if options["check"] else ""
            raise CommandError(f"{len(result['problems'])} of {result['pages']} pages have a problem.{mend}")

    def _run(self, outcomes: Iterable[batch.Outcome], total: int, *, quiet: bool) -> dict:
        made, audio_ms, problems = 0, 0, []
        # disable=None: no bar where nobody watches (stderr is no terminal).
        bar = tqdm(outcomes, total=total, unit="page", desc="Narration", leave=False, disable=quiet or None)
        with bar:
            for outcome in bar:
                made += outcome.made
                audio_ms += outcome.narration.duration_ms if outcome.narration else 0
                if outcome.problem:
                    problems.append(f"{outcome.page}: {outcome.problem}")
                    bar.clear()
                    self.stderr.write(problems[-1])
        return {"pages": total, "made": made, "audioSeconds": audio_ms // 1000, "problems": problems}


def find_books(name: str) -> list[Book]:
    """Return the books of a title (any case), else the one with that number. Raises CommandError."""
    if books := list(Book.objects.filter(title__iexact=name)):
        return books
    if name.isdecimal() and (book := Book.objects.filter(pk=int(name)).first()):
        return [book]
    near = difflib.get_close_matches(name, Book.objects.values_list("title", flat=True), n=1)
    hint = f"Did you mean {near[0]!r}?" if near else "The admin lists them all: /admin/reading/book/."
    raise CommandError(f"There is no book {name!r}. {hint}")
