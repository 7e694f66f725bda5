"""How often somebody may do something, a few times at once and then at a steady pace; how many at once. Pure.

Of a token bucket is kept the one moment at which all would be allowed again (the "generic cell rate
algorithm"), so nothing has to run in the background. Times are seconds of whatever clock the caller has.
"""


def interval(times: int, seconds: float = 1) -> float:
    """Return the interval at which something is done so many times in so many seconds; 0 for 0: no limit."""
    return seconds / times if times else 0.0


class Allowance:
    """What one caller may do: `at_once` times, then once every `interval` seconds; 0: no limit."""

    __slots__ = ("_all_again_at", "_interval", "_slack")

    def __init__(self, at_once: int, interval: float) -> None:
        self._interval = interval
        self._slack = (at_once - 1) * interval
        self._all_again_at = 0.0

    def take(self, now: float) -> bool:
        """Do it once, if that is allowed now; what is refused costs nothing."""
        at = self._all_again_at
        if at < now:
            at = now
        elif at - now > self._slack:
            return False
        self._all_again_at = at + self._interval
        return True


class Places:
    """How many callers are in at once, each by a `with` block; `most` 0: no limit."""

    def __init__(self, most: int) -> None:
        self.taken = 0
        self._most = most

    def __enter__(self) -> None:
        """Come in, though it be full: whether to has been decided by then."""
        self.taken += 1

    def __exit__(self, *_: object) -> None:
        """Go out."""
        self.taken -= 1

    @property
    def full(self) -> bool:
        """Should nobody else come in?"""
        return 0 < self._most <= self.taken


class Allowances:
    """What each of many callers may do, each by itself. Those who may do all again are forgotten."""

    def __init__(self, at_once: int, interval: float, *, forget_at: int = 10_000) -> None:
        """`forget_at`: of how many callers the idle ones are looked for, at the least."""
        self._interval = interval
        self._slack = (at_once - 1) * interval
        self._all_again_at: dict[int, float] = {}
        self._forget_at = self._least = forget_at

    def __len__(self) -> int:
        """Return how many callers are remembered."""
        return len(self._all_again_at)

    def take(self, caller: int, now: float) -> bool:
        """Let this caller do it once, if it is allowed to now."""
        at = max(self._all_again_at.get(caller, now), now)
        if at - now > self._slack:
            return False
        self._all_again_at[caller] = at + self._interval
        if len(self._all_again_at) > self._forget_at:
            self._forget(now)
        return True

    def _forget(self, now: float) -> None:
        self._all_again_at = {caller: at for caller, at in self._all_again_at.items() if at > now}
        # Where nobody is idle, the next look comes when they are twice as many.
        self._forget_at = max(self._least, 2 * len(self._all_again_at))
