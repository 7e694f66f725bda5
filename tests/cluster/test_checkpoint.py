"""tests/test_checkpoint.py on a Redis Cluster."""

from tests.test_checkpoint import *  # noqa: F403
