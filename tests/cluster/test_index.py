"""tests/test_index.py on a Redis Cluster."""

from tests.test_index import *  # noqa: F403
