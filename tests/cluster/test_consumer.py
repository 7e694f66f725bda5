"""tests/test_consumer.py on a Redis Cluster."""

from tests.test_consumer import *  # noqa: F403
