"""The collector looks at what is new, and at everything when everybody has gone."""

import gc
import weakref

import pytest

from readerai.collector import Collector


class Knot:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture(autouse=True)
def frozen():
    """What was frozen before is again afterwards."""
    gc.collect()
    yield
    gc.unfreeze()
    gc.collect()


def test_what_is_new_and_of_no_use_is_freed():
    collector = Collector()
    collector.look(100)
    gone = weakref.ref(Knot())
    collector.look(100)
    assert gone() is None


def test_what_lives_on_is_not_looked_at_again_until_everybody_has_gone():
    collector = Collector()
    knot = Knot()
    gone = weakref.ref(knot)
    collector.look(100)
    assert gc.get_freeze_count() > 0
    del knot
    for sockets in (100, 50, 1):
        collector.look(sockets)
        assert gone() is not None
    collector.look(0)
    assert gone() is None


def test_everything_is_looked_at_once_not_again_and_again():
    collector = Collector()
    collector.look(100)
    collector.look(0)
    knot = Knot()
    gone = weakref.ref(knot)
    collector.look(0)
    del knot
    collector.look(0)
    assert gone() is not None
