"""Whatever happens in whatever order: the restored state is the model's, each message comes once, in order.

An interleaving is a script of 24 bytes, about 20 steps, which `reading_play` plays over the real
consumers, hubs, delivery and ledger on a real Redis, with the healing after it. 10,000 of them here, ten
in each example of hypothesis, whose own work would cost as much as theirs; `make soak` plays
more and longer ones.
"""

import asyncio
import logging
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.reading_gate import Wire
from tests.reading_play import play, shortened

INTERLEAVINGS = 10_000
_TOGETHER, _STEPS = 10, 24
PARTS = 2  # for the two processes of a test run


@pytest.fixture(scope="module")
def stage() -> Iterator[tuple[asyncio.AbstractEventLoop, Wire]]:
    """One event loop and one connection for all of them."""
    logging.disable()
    loop, wire = asyncio.new_event_loop(), Wire()
    yield loop, wire
    wire.close()
    loop.close()
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("part", range(PARTS))
@hypothesis_settings(
    max_examples=INTERLEAVINGS // _TOGETHER // PARTS,
    database=None,
    print_blob=True,
    phases=(Phase.generate,),
    suppress_health_check=list(HealthCheck),
)
@given(scripts=st.binary(min_size=_TOGETHER * _STEPS, max_size=_TOGETHER * _STEPS))
def test_a_reading_session_is_its_model_whatever_happens(stage, part, scripts):
    for start in range(0, len(scripts), _STEPS):
        script = scripts[start : start + _STEPS]
        _, error = play(*stage, script)
        if error is not None:
            script = shortened(*stage, script)
            played, error = play(*stage, script)
            note("\n".join([*played.story, f"again: tests.proofs.soak --script {script.hex()}"]))
            raise error
