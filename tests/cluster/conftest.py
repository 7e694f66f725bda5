"""Live sessions are on a Redis Cluster in this folder; wake-ups and jobs stay on the run's own Redis."""

import pytest
from django.conf import settings

from sessions.live import connection
from sessions.live.blocking import run
from tests.redis_servers import ValkeyCluster
from tests.servers import Server


@pytest.fixture(scope="session")
def cluster(tmp_path_factory):
    """Three nodes."""
    nodes = ValkeyCluster(tmp_path_factory.mktemp("cluster"))
    try:
        nodes.start()
        yield nodes
    finally:
        nodes.stop()


@pytest.fixture(scope="package", autouse=True)
def on_the_cluster(cluster):
    """This process's live sessions, and those of servers started meanwhile, are on the cluster."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "STATE_REDIS_URL", cluster.url)
        patch.setenv("STATE_REDIS_URL", cluster.url)
        run(connection.close())
        yield
        run(connection.close())


@pytest.fixture(scope="package")
def server(on_the_cluster, tmp_path_factory):
    """One server is enough here: how it speaks to Redis is the same in both."""
    running = Server("uvicorn", str(tmp_path_factory.mktemp("server") / "uvicorn.log"))
    yield running
    running.stop()
    assert "Traceback" not in running.log(), running.log()
