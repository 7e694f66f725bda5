"""What this process would tell at /metrics."""

import time
from collections.abc import Callable

from prometheus_client import REGISTRY


class Growth:
    """How much a sample has grown since this was made."""

    def __init__(self, name: str, **labels: str) -> None:
        self._name = name
        self._labels = labels
        self._before = self._value()

    def __call__(self) -> float:
        return self._value() - self._before

    def _value(self) -> float:
        return REGISTRY.get_sample_value(self._name, self._labels) or 0.0


def until(true: Callable[[], object]) -> None:
    """Return as soon as something holds; requests are counted by the thread that made them."""
    end = time.monotonic() + 5
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
