"""What a worker does as it begins."""

import os
import subprocess
import sys

from readerai.env import PROJECT

# A worker that tells how many questions it can have in hand, and ends.
WORKER = """
import os
from celery.signals import worker_ready
from readerai.celery import app
import django
django.setup()
from tutoring import answering, tasks

@worker_ready.connect
def tell(**_):
    os.write(1, b"in hand: %d" % answering._threads)
    os._exit(0)

app.worker_main(["worker", "--pool", "threads", "-c", "3", "-Q", "llm", "--without-mingle"])
"""


def test_a_worker_knows_how_many_questions_it_can_have_in_hand():
    told = subprocess.run(
        [sys.executable, "-c", WORKER],
        cwd=PROJECT,
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert "in hand: 3" in told.stdout, told.stderr
