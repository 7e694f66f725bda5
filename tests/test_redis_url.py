"""Redis by URL: what each form names, and what is wrong with one that cannot be used."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readerai import redis_roles
from sessions import redis_clients, redis_url

HOSTS = st.lists(
    st.tuples(st.from_regex(r"[a-z][a-z0-9.-]{0,20}", fullmatch=True), st.integers(1, 65_535)),
    min_size=1,
    max_size=4,
)


@pytest.mark.parametrize("url", ["redis://host", "rediss://:owl@host:6380/2?db=3", "unix:///run/redis.sock"])
def test_one_server_is_left_to_the_library(url):
    assert redis_url.parse(url) == ("server", url, (), "")


@given(HOSTS)
def test_a_cluster_is_named_by_some_of_its_nodes(hosts):
    places = ",".join(f"{host}:{port}" for host, port in hosts)
    address = redis_url.parse(f"redis+cluster://:owl@{places}")
    assert (address.kind, address.hosts) == ("cluster", tuple(hosts))
    assert redis_clients.server_options(address) == {"password": "owl"}
    assert "owl" not in address.places


@given(HOSTS, st.integers(0, 15))
def test_sentinels_are_named_with_the_service_they_watch(hosts, database):
    places = ",".join(f"{host}:{port}" for host, port in hosts)
    address = redis_url.parse(f"redis+sentinel://ada:o%40l@{places}/my%20master/{database}?protocol=3")
    assert (address.kind, address.hosts, address.service) == ("sentinel", tuple(hosts), "my master")
    options = redis_clients.server_options(address)
    assert options == {"username": "ada", "password": "o@l", "db": database, "protocol": 3}


def test_ports_are_the_usual_ones_where_none_is_given():
    assert redis_url.parse("redis+cluster://a,[::1]").hosts == (("a", 6379), ("::1", 6379))
    assert redis_url.parse("redis+sentinel://a,b:1/master").hosts == (("a", 26379), ("b", 1))


def test_tls_and_the_sentinels_own_password_reach_both_kinds_of_server():
    address = redis_url.parse("rediss+sentinel://:owl@a,b/master?sentinel_password=fox")
    assert redis_clients.server_options(address) == {"password": "owl", "ssl": True}
    asked = redis_clients.sentinel_options(address, 5)
    assert (asked["password"], asked["ssl"], asked["retry"]) == ("fox", True, None)
    assert redis_clients.server_options(redis_url.parse("rediss+cluster://a")) == {"ssl": True}


@pytest.mark.parametrize(
    ("url", "complaint"),
    [
        ("redis+cluster://", "has a host that cannot be used. Expected redis+cluster://host:port,host"),
        ("redis+cluster://:owl@a:b", "has a host that cannot be used"),
        ("redis+cluster://a:65536", "has a host that cannot be used"),
        ("redis+cluster://a,,b", "has a host that cannot be used"),
        ("redis+cluster://a/1", "names a database, and a cluster has none"),
        ("redis+sentinel://a", "names no service, or a database that is no number"),
        ("redis+sentinel://a/master/one", "names no service, or a database that is no number"),
        ("redis+magic://a", "is no Redis URL"),
        ("mysql://a", "is no Redis URL"),
    ],
)
def test_a_url_that_cannot_be_used_says_how_to_write_it(url, complaint):
    with pytest.raises(ValueError, match="^" + re.escape(complaint)) as failure:
        redis_url.parse(url)
    assert "owl" not in str(failure.value)


@given(st.text(), st.sampled_from([*redis_url.CLUSTER_SCHEMES, *redis_url.SENTINEL_SCHEMES]))
def test_no_text_makes_the_reader_fail_in_another_way(text, scheme):
    try:
        address = redis_url.parse(f"{scheme}://{text}")
    except ValueError as error:
        assert "Expected" in str(error)
    else:
        assert all(host and 0 <= port <= 65_535 for host, port in address.hosts)


def test_celery_is_told_of_the_sentinels_in_its_own_way():
    url, options = redis_roles.broker("redis+sentinel://:owl@a:1,b:2/master/3?sentinel_password=fox")
    assert url == "sentinel://:owl@a:1/3;sentinel://:owl@b:2/3"
    assert options["master_name"] == "master"
    assert options["sentinel_kwargs"]["password"] == "fox"
    assert redis_roles.broker("redis://host/1")[0] == "redis://host/1"
    assert redis_roles.broker("sqs://")[0] == "sqs://"
