"""How simulated children behave. Pure."""

from dataclasses import dataclass

from sessions import protocol


@dataclass(frozen=True)
class Manners:
    """How children behave; times are seconds and those of the reader page."""

    subprotocol: str = protocol.MSGPACK
    first_backoff: float = 1.0  # full jitter below this, growing by half with each failed attempt
    longest_backoff: float = 30.0
    stable: float = 5.0  # a connection that held so long starts the backoff afresh
    opening: float = 10.0  # an attempt that has not opened by then is given up
    patience: float = 45.0  # for an answer; then the child reads on
    ping: float = 15.0  # a silent connection is asked for a sign of life
    pong: float = 8.0  # and given up when none comes


LIKE_THE_PAGE = Manners()
