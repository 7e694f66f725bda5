"""tests/test_live_worker.py on a Redis Cluster."""

from tests.test_live_worker import *  # noqa: F403
