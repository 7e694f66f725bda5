"""`make soak`: interleavings of everything that can happen to a reading session, beside the model of it.

    python -m tests.proofs.soak --interleavings 100000 --seed 7

An interleaving is a script of 16 to 48 bytes, played by tests/reading_play.py: accidents, then the healing,
after which nothing may be owed. The exit status is 1 at the first that fails; its shortest form is printed.
"""

import argparse
import asyncio
import logging
import os
import secrets
import sys
import time
from random import Random

import django

import tests.services_plugin  # noqa: F401 -- this run's own PostgreSQL and Redis

_SHORTEST, _LONGEST = 16, 48  # steps of a script
_REPORT_SECONDS = 10


def main() -> int:
    """Play them all; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--interleavings", type=int, default=100_000, help="how many (default: 100000)")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**9), help="default: a new one")
    parser.add_argument("--script", help="play this one only: hexadecimal digits, as a failure prints them")
    arguments = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "readerai.settings")
    django.setup()
    from tests.reading_gate import Wire
    from tests.reading_play import play, shortened

    logging.disable()
    random, loop, wire = Random(arguments.seed), asyncio.new_event_loop(), Wire()
    count = 1 if arguments.script else arguments.interleavings
    print(f"{count} interleavings, seed {arguments.seed}", flush=True)
    began = told = time.monotonic()
    steps = 0
    for number in range(1, count + 1):
        script = bytes.fromhex(
            arguments.script or random.randbytes(random.randint(_SHORTEST, _LONGEST)).hex()
        )
        played, error = play(loop, wire, script)
        steps += len(played.story)
        if error is not None:
            script = shortened(loop, wire, script)
            played, error = play(loop, wire, script)
            print("\n".join(played.story), f"\n{error!r}\nagain: --script {script.hex()}")
            return 1
        if time.monotonic() > told + _REPORT_SECONDS or number == count:
            told = time.monotonic()
            print(f"{number} well, {steps} steps, {number / (told - began):.0f} a second", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
