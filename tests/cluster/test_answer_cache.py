"""Kept answers on a Redis Cluster: some tests of tests/test_answer_cache.py, one for each kind of key."""

from tests.test_answer_cache import (  # noqa: F401
    ask,
    book,
    llm,
    one_connection_and_a_quick_voice,
    pytestmark,
    test_a_redis_that_was_flushed_gets_back_what_was_warmed_with_one_query,
    test_the_second_child_of_the_class_gets_the_first_one_s_answer,
    test_what_redis_keeps_is_bounded_and_ends,
)
