"""tests/test_live.py on a Redis Cluster."""

from tests.test_live import *  # noqa: F403
