"""PostgreSQL comes back after a restart without anybody noticing."""

import psycopg
import pytest
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_a_connection_that_died_in_the_pool_is_replaced_before_it_is_used():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (backend,) = cursor.fetchone()
    parameters = {**connection.get_connection_params(), "autocommit": True}
    connection.close()  # back into the pool
    with psycopg.connect(**{name: parameters[name] for name in ("dbname", "user", "host")}) as other:
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [backend])
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)
