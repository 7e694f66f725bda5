"""What this process would tell at /metrics, and what a server tells there."""

import time
import urllib.request
from collections.abc import Callable

from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families


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


def scraped(url: str) -> dict[str, float]:
    """Return what a server tells: by name, and by name and label's value where there is one label."""
    with urllib.request.urlopen(f"{url}/metrics", timeout=5) as page:
        families = text_string_to_metric_families(page.read().decode())
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in families
        for sample in family.samples
    }
