"""The mail server, given as one URL. Pure."""

from typing import NamedTuple
from urllib.parse import unquote, urlsplit

SCHEMES = ("smtp", "smtp+tls", "smtps")
_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class MailServer(NamedTuple):
    """Where mail is handed in; `starttls` and `tls` are two ways to keep it secret on its way, or neither."""

    host: str = ""
    port: int = 25
    user: str = ""
    password: str = ""
    starttls: bool = False
    tls: bool = False


def server(url: str) -> MailServer:
    """Return what `smtp+tls://user:password@host:587` names; `%40` stands for an @ in user or password."""
    parts = urlsplit(url)
    return MailServer(
        parts.hostname or "",
        parts.port or _PORTS.get(parts.scheme, 25),
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        parts.scheme == "smtp+tls",
        parts.scheme == "smtps",
    )
