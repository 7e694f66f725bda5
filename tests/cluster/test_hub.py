"""tests/test_hub.py on a Redis Cluster."""

from tests.test_hub import *  # noqa: F403
