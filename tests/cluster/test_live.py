"""tests/test_live.py on a Redis Cluster, with fewer interleavings."""

from hypothesis import settings

from tests.test_live import *  # noqa: F403
from tests.test_live import OneReading


class test_one_reading(OneReading.TestCase):
    settings = settings(OneReading.TestCase.settings, max_examples=15)
