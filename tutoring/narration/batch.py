"""Narrate or check many pages: on every core, in order, resumable."""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import NamedTuple

from django.core.files.storage import default_storage

from sessions.models import Page
from sessions.words import split
from tutoring.models import Narration
from tutoring.narration import encoding, service, timing
from tutoring.narration.compose import Recording
from tutoring.narration.engine import SpeechError

_AHEAD = 2  # recordings begun for each core beyond the one being kept


class Outcome(NamedTuple):
    """One page's end: `narration` is None where `problem` says why in one line; `made`: it is new."""

    page: Page
    narration: Narration | None
    made: bool = False
    problem: str = ""


def narrate(pages: Iterable[Page], *, again: bool = False) -> Iterator[Outcome]:
    """Narrate what is not narrated yet, or with `again` everything; yield every page's outcome, in order.

    Recording runs in threads (the engines and the encoder leave Python's lock alone); the database
    and the storage are used by the caller's thread only.
    """
    cores = os.cpu_count() or 1
    rest = iter(pages)
    with ThreadPoolExecutor(cores) as threads:
        begun = [_begin(page, threads, again) for page in islice(rest, cores * _AHEAD)]
        try:
            while begun:
                page, key, waiting = begun.pop(0)
                yield _finish(page, key, waiting, again)
                begun.extend(_begin(page, threads, again) for page in islice(rest, 1))
        finally:
            threads.shutdown(cancel_futures=True)


def check(pages: Iterable[Page]) -> Iterator[Outcome]:
    """Hold every page's narration against its own decoded file; yield every page's outcome."""
    for page in pages:
        try:
            narration = service.find(service.key_for(page.text, page.book.language))
            problem = "has no narration" if narration is None else _problem(page, narration)
        except SpeechError as error:
            narration, problem = None, str(error)
        yield Outcome(page, narration, problem=problem)


_Begun = tuple[Page, str, Future[Recording] | Outcome]


def _begin(page: Page, threads: ThreadPoolExecutor, again: bool) -> _Begun:
    language = page.book.language
    try:
        key = service.key_for(page.text, language)
        narration = None if again else service.find(key)
        if narration is not None and service.has_file(narration):
            return page, key, Outcome(page, narration)
    except SpeechError as error:
        return page, "", Outcome(page, None, problem=str(error))
    return page, key, threads.submit(service.record, page.text, language)


def _finish(page: Page, key: str, waiting: Future[Recording] | Outcome, again: bool) -> Outcome:
    if isinstance(waiting, Outcome):
        return waiting
    try:
        narration = service.keep(key, page.book.language, waiting.result(), replace=again)
    except SpeechError as error:
        return Outcome(page, None, problem=str(error))
    return Outcome(page, narration, made=True)


def _problem(page: Page, narration: Narration) -> str:
    """Return what is wrong with a narration, "" when nothing is. Raises SpeechError: the file is no audio."""
    if not service.has_file(narration):
        return f"has no audio file {narration.audio.name}"
    with default_storage.open(narration.audio.name) as file:
        played_ms = encoding.duration_ms(file.read())
    if played_ms != narration.duration_ms:
        return f"plays {played_ms} ms, not {narration.duration_ms}"
    return timing.problem(narration.word_times, len(split(page.text)), played_ms) or ""
