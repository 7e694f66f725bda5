"""Wrong tries at signing in are counted in Redis; after too many there is a pause, longer each time.

A try is counted before it is looked at, so that a hundred at once are no way around, and given back when it
was right. Without Redis nothing is counted and nobody signs in: `redis.exceptions.RedisError`.
"""

from typing import NamedTuple

from sessions.live.blocking import run
from sessions.live.connection import Command, Script, execute
from sessions.live.store import now

_take = Script("take_try")
_give_back = Script("give_back_try")


class Limit(NamedTuple):
    """How many wrong tries are free, and what follows; all times in seconds."""

    name: str
    free: int
    first_pause: int
    longest_pause: int
    memory: int  # from the first wrong try until all of them are forgotten

    @property
    def pauses(self) -> list[int]:
        """The pause after each wrong try; after any further one, the last."""
        pauses = [0] * (self.free - 1)
        pause = self.first_pause
        while pause < self.longest_pause:
            pauses.append(pause)
            pause *= 2
        return [*pauses, self.longest_pause]


# Slow enough that trying all 1,320 secrets of one child would take three weeks, day and night.
STUDENT = Limit("student", free=5, first_pause=30, longest_pause=1_800, memory=86_400)
# Twenty-five children who each get it wrong once or twice are no attack.
CLASSROOM = Limit("classroom", free=40, first_pause=30, longest_pause=300, memory=3_600)
# A whole school may come from one address.
ADDRESS = Limit("address", free=100, first_pause=30, longest_pause=300, memory=3_600)


class Tries(NamedTuple):
    """The wrong tries of one child, class or address."""

    limit: Limit
    whose: str | int

    @property
    def key(self) -> str:
        """The Redis key that counts them."""
        return f"tries:{self.limit.name}:{self.whose}"


def take(*all_tries: Tries) -> int:
    """Count one try for each; return 0, or for how many seconds there is none, and then none is counted."""
    for index, tries in enumerate(all_tries):
        arguments = (now(), tries.limit.memory * 1_000, *(pause * 1_000 for pause in tries.limit.pauses))
        (wait_ms,) = run(execute(_take.on([tries.key], *arguments)))
        if wait_ms:
            give_back(*all_tries[:index])
            return -(-wait_ms // 1_000)
    return 0


def give_back(*all_tries: Tries) -> None:
    """Uncount a try that was right, and the pause that it would have begun."""
    run(execute(*(_give_back.on([tries.key]) for tries in all_tries)))


def forget(*all_tries: Tries) -> None:
    """Forget all wrong tries, and a pause that has begun."""
    run(execute(*(Command(("DEL", tries.key)) for tries in all_tries)))
