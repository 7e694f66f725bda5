"""The command line of `manage.py smoke`, and of `python -m readerai.smoke`, which needs no settings."""

import argparse
import asyncio
import json
import sys
from contextlib import aclosing
from dataclasses import asdict
from typing import TextIO
from urllib.parse import urlsplit

from readerai import demo
from readerai.smoke.arrival import Child
from readerai.smoke.journey import Step, journey
from sessions import protocol

WIRES = {"json": protocol.JSON, "msgpack": protocol.MSGPACK}
EPILOG = (
    "The child's place in the book is moved, and a tablet on which that child is reading is sent away: "
    "on a server that a school uses, keep a class for this."
)


def add_arguments(parser: argparse.ArgumentParser, *, default_url: str) -> None:
    """Add the options."""
    parser.epilog = EPILOG
    parser.add_argument("--url", default=default_url, type=_url, help="the server (default: %(default)s)")
    parser.add_argument("--code", default=demo.CLASS_CODE, help="the class code (default: %(default)s)")
    parser.add_argument(
        "--child", default="", metavar="NAME", help="a child of that class (default: the first)"
    )
    parser.add_argument(
        "--pictures",
        nargs=3,
        default=demo.PICTURES,
        metavar="PICTURE",
        help=f"the child's three pictures in order (default: {' '.join(demo.PICTURES)})",
    )
    parser.add_argument(
        "--book", default="", metavar="TITLE", help="a book, or part of its title (default: the first)"
    )
    parser.add_argument("--wire", choices=sorted(WIRES), default="json", help="what carries the messages")
    parser.add_argument(
        "--seconds", type=float, default=60, help="the most that a step may take (default: %(default)s)"
    )
    parser.add_argument("--json", action="store_true", help="print the result as one JSON object")


def run(options: argparse.Namespace, output: TextIO) -> bool:
    """Run the journey, print it, and tell whether all held."""
    try:
        steps = asyncio.run(_walk(options, output))
    except KeyboardInterrupt:
        return False
    ok = all(step.ok for step in steps)
    if options.json:
        result = {"url": options.url, "ok": ok, "steps": [asdict(step) for step in steps]}
        output.write(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    else:
        total = sum(step.ms for step in steps)
        output.write(f"{'all held' if ok else 'did not hold'}: {options.url}, {total} ms\n")
    return ok


async def _walk(options: argparse.Namespace, output: TextIO) -> list[Step]:
    steps = []
    child = Child(code=options.code, name=options.child, pictures=tuple(options.pictures), book=options.book)
    walk = journey(options.url, child, subprotocol=WIRES[options.wire], step_seconds=options.seconds)
    async with aclosing(walk):
        async for step in walk:
            steps.append(step)
            if not options.json:
                output.write(f"{'✓' if step.ok else '✗'} {step.name:<18} {step.ms:>6} ms  {step.detail}\n")
                output.flush()
    return steps


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise argparse.ArgumentTypeError(f"{text!r} is not the address of a server: write http://host:port")
    return f"{parts.scheme}://{parts.netloc}"


def main() -> int:
    """Run from the command line, without Django."""
    parser = argparse.ArgumentParser(
        prog="python -m readerai.smoke", description=sys.modules["readerai.smoke"].__doc__
    )
    add_arguments(parser, default_url="http://127.0.0.1:8000")
    return 0 if run(parser.parse_args(), sys.stdout) else 1
