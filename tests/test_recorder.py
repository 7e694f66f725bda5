"""What the proofs measure of the machine."""

import os
import time

from readerai import env
from tests.proofs.recorder import Recorder


def test_a_phase_that_is_over_before_the_next_look_has_been_seen():
    me = {"children": os.getpid()}
    recorder = Recorder(me, env.text("DATABASE_URL"), env.text("REDIS_URL"), "", every=60)
    with recorder:
        begun = time.monotonic()
        ended = time.monotonic()
    assert recorder.between(begun, ended).seconds > ended - begun
