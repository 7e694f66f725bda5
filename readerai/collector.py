"""The garbage collector of a web process: many short looks in place of a long one.

A full collection looks at every object of thousands of sockets, which takes some tenths of a second while
every child waits. What lives on is therefore taken out of its sight a few times a second. Sockets that end
leave nothing behind that only the collector could free; should anything have been left all the same, it is
looked for when everybody has gone, and nobody waits.
"""

import asyncio
import gc

from sessions import limits
from sessions.background import in_background
from sessions.hub import hub_of_this_loop

_EVERY_SECONDS = 0.25  # so that little is new each time, in a rush too


class Collector:
    """Decides what the collector looks at."""

    def __init__(self) -> None:
        self._served = False  # somebody since everything was looked at

    def look(self, sockets: int) -> None:
        """Look through what is new; through everything once the last socket has gone."""
        if self._served and not sockets:
            gc.unfreeze()
        self._served = sockets > 0
        gc.collect()
        gc.freeze()


def keep_collections_short() -> None:
    """Look again and again from now on; call it in the event loop that serves the sockets."""
    in_background(_keep_looking())


async def _keep_looking() -> None:
    collector = Collector()
    while True:
        await asyncio.sleep(_EVERY_SECONDS)
        hub = hub_of_this_loop()
        # Where all were cut off in one moment, they are at the door again: nobody has gone.
        collector.look(limits.arriving.taken + (len(hub.sockets) if hub else 0))
