"""Rows of many threads are written together, and each thread is told of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from tutoring.together import Together


class Book:
    """What is written to, in batches; it refuses foxes, and may be away."""

    def __init__(self) -> None:
        self.batches: list[list[str]] = []
        self.away = False
        self.opened = threading.Event()
        self.opened.set()

    def write(self, rows) -> None:
        self.opened.wait(10)
        if self.away:
            raise ConnectionError("away")
        if "fox" in rows:
            raise ValueError("a fox")
        self.batches.append(list(rows))


@pytest.fixture
def book() -> Book:
    return Book()


def together(book: Book, *, others: bool = False, seconds: float = 0) -> Together[str]:
    return Together(book.write, others=lambda: others, seconds=seconds, of_one=(ValueError,))


def said(rows: Together[str], row: str) -> str:
    """Write a row; return the kind of error, if there was one."""
    try:
        rows.run(row)
    except Exception as error:
        return type(error).__name__
    return ""


def written(rows: Together[str], *each: str) -> list[str]:
    """Write rows, each in a thread of its own; return how they fared."""
    with ThreadPoolExecutor(len(each)) as threads:
        return list(threads.map(lambda row: said(rows, row), each))


def test_who_is_alone_is_written_at_once(book):
    together(book, seconds=60).run("owl")
    assert book.batches == [["owl"]]


def test_who_may_not_be_alone_waits_for_the_others(book):
    assert written(together(book, others=True, seconds=0.5), "owl", "hare", "mole") == ["", "", ""]
    assert len(book.batches) == 1
    assert sorted(book.batches[0]) == ["hare", "mole", "owl"]


def test_who_comes_meanwhile_is_among_the_next(book):
    rows = together(book)
    book.opened.clear()
    with ThreadPoolExecutor(5) as threads:
        first = threads.submit(rows.run, "owl")
        while not rows._writing.locked() or rows._waiting:
            pass
        others = [threads.submit(rows.run, row) for row in ("hare", "mole", "vole")]
        while len(rows._waiting) < 3:
            pass
        book.opened.set()
        for done in (first, *others):
            done.result(10)
    assert [len(batch) for batch in book.batches] == [1, 3]


def test_one_that_cannot_be_written_spoils_nobody_else_s(book):
    assert written(together(book, others=True, seconds=0.5), "owl", "fox", "mole") == ["", "ValueError", ""]
    assert sorted(book.batches) == [["mole"], ["owl"]]


def test_where_nothing_can_be_written_each_is_told_after_one_attempt(book):
    book.away = True
    rows = together(book, others=True, seconds=0.5)
    assert written(rows, "owl", "hare") == ["ConnectionError", "ConnectionError"]
    book.away = False
    rows.run("owl")
    assert book.batches == [["owl"]]
