"""Which Redis a URL names: one server, a cluster, or the master that sentinels know. Pure.

`redis://host:port/DATABASE`, `rediss://` (TLS) or `unix:///path`: one server, or a managed endpoint.
`redis+cluster://host:port,host:port`: a cluster, by some of its nodes.
`redis+sentinel://host:port,host:port/SERVICE/DATABASE`: what the sentinels call SERVICE.

The last two speak TLS as `rediss+...`. `user:password@` of the servers goes before the hosts, and
redis-py's options behind a question mark; `sentinel_username` and `sentinel_password` are for the sentinels.
"""

import re
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit

SERVER_SCHEMES = ("redis", "rediss", "unix")
SENTINEL_SCHEMES = ("redis+sentinel", "rediss+sentinel")
CLUSTER_SCHEMES = ("redis+cluster", "rediss+cluster")

Kind = Literal["server", "cluster", "sentinel"]

_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^\s\[\]:]+)(?::(\d{1,5}))?")


class RedisUrl(NamedTuple):
    """A Redis as its URL names it."""

    kind: Kind
    server: str  # the URL of one server with this user, password, database and options
    hosts: tuple[tuple[str, int], ...]  # nodes of the cluster, or sentinels
    service: str  # what the sentinels call the master

    @property
    def places(self) -> str:
        """Where it is; for messages, so without user and password."""
        if self.hosts:
            return ", ".join(f"{host}:{port}" for host, port in self.hosts)
        parts = urlsplit(self.server)
        return f"{parts.hostname}:{parts.port or 6379}" if parts.hostname else parts.path


def parse(url: str) -> RedisUrl:
    """Read a URL. Raises ValueError that says what is wrong and how to write it, without the password."""
    scheme, _, rest = url.partition("://")
    if scheme in SERVER_SCHEMES:
        return RedisUrl("server", url, (), "")
    kind: Kind
    place, mark, options = rest.partition("?")
    netloc, _, path = place.partition("/")
    user, at, hosts = netloc.rpartition("@")
    if scheme in SENTINEL_SCHEMES:
        service, _, database = path.partition("/")
        kind, port, example = "sentinel", 26_379, f"{scheme}://host:port,host:port/SERVICE/0"
        if not service or not database.isdecimal() and database:
            raise ValueError(f"names no service, or a database that is no number. Expected {example}")
    elif scheme in CLUSTER_SCHEMES:
        service, database = "", path
        kind, port, example = "cluster", 6379, f"{scheme}://host:port,host:port"
        if database not in ("", "0"):
            raise ValueError(f"names a database, and a cluster has none. Expected {example}")
    else:
        raise ValueError("is no Redis URL. Expected redis://host:port/0")
    found = [_HOST.fullmatch(host) for host in hosts.split(",")]
    addresses = tuple(
        (unquote(host[1].strip("[]")), int(host[2] or port)) for host in found if host is not None
    )
    if len(addresses) < len(found) or any(number > 65_535 for _, number in addresses):
        raise ValueError(f"has a host that cannot be used. Expected {example}")
    server = f"{scheme.partition('+')[0]}://{user}{at}{hosts.partition(',')[0]}/{database}{mark}{options}"
    return RedisUrl(kind, server, addresses, unquote(service))
