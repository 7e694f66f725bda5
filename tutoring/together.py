"""What many threads write in the same moment, written once."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

Row = TypeVar("Row")


class Together(Generic[Row]):
    """Calls `write` with the rows of many threads; each gets what befell its own.

    Whoever comes first waits `seconds` for the rows of others, if `others` tells that some may come; whoever
    comes while rows are being written is among the next ones. An error of the kinds `of_one` may be another
    row's: then each is written alone.
    """

    def __init__(
        self,
        write: Callable[[Sequence[Row]], None],
        *,
        others: Callable[[], bool],
        seconds: float,
        of_one: tuple[type[Exception], ...],
    ) -> None:
        self._write = write
        self._others = others
        self._seconds = seconds
        self._of_one = of_one
        self._waiting: list[tuple[Row, Future[None]]] = []
        self._adding = threading.Lock()
        self._writing = threading.Lock()

    def run(self, row: Row) -> None:
        """Return once the row is written. Raises what `write` raises."""
        written: Future[None] = Future()
        with self._adding:
            self._waiting.append((row, written))
        with self._writing:
            if not written.done():  # nobody has taken it along
                if self._others():
                    time.sleep(self._seconds)
                with self._adding:
                    batch, self._waiting = self._waiting, []
                self._write_all(batch)
        written.result()

    def _write_all(self, batch: Sequence[tuple[Row, "Future[None]"]]) -> None:
        try:
            self._write([row for row, _ in batch])
        except Exception as error:
            if len(batch) > 1 and isinstance(error, self._of_one):
                for entry in batch:
                    self._write_all([entry])
            else:
                for _, written in batch:
                    written.set_exception(error)
        else:
            for _, written in batch:
                written.set_result(None)
