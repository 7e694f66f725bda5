"""Days under the rules of k8s/: what the command and the admin's page show."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings

from readerai.capacity import Mix, child_cpu, children_per_server
from readerai.env import PROJECT
from readerai.measured import Measured
from readerai.prices import read_prices
from readerai.simulated_day.answers import Answers, Worker, answer
from readerai.simulated_day.curve import Curve
from readerai.simulated_day.outcome import Outcome
from readerai.simulated_day.rules import ANSWERS, NoDeployment, Rules, read_rules
from readerai.simulated_day.simulation import Server, simulate
from readerai.simulated_day.steering import Away

RULES = (PROJECT / "k8s" / "base", PROJECT / "k8s" / "components" / "keda")
OVERLAYS = PROJECT / "k8s" / "overlays"
START_SECONDS = 45  # from the decision until a pod serves, the image being there
LAG_SECONDS = 30  # until what servers do has been collected and is seen
MONDAY = date(2026, 9, 7)


def overlays() -> list[str]:
    """Return the names of the overlays that there are."""
    return sorted(path.parent.name for path in OVERLAYS.glob("*/kustomization.yaml"))


def server(start: int = START_SECONDS, lag: int = LAG_SECONDS) -> Server:
    """Return a web server as it was measured."""
    measured, mix = Measured(), Mix()
    return Server(
        most_children=children_per_server(measured, mix),
        base_cpu=measured.server_base_cpu,
        child_cpu=child_cpu(measured, mix),
        connect_cpu=measured.server_connect_cpu / 1e6,
        start=start,
        drain=round(settings.DRAIN_SECONDS),
        lag=lag,
    )


def worker(start: int = START_SECONDS, lag: int = LAG_SECONDS) -> Worker:
    """Return a worker that answers, as it was measured; its questions are those that are assumed."""
    measured, mix = Measured(), Mix()
    return Worker(
        threads=int(measured.worker_threads),
        seconds=mix.model_seconds,
        answer_cpu=measured.worker_answer_cpu / 1e6,
        checkpoint_cpu=measured.checkpoint_row_cpu / 1e6 / mix.checkpoint_every,
        most_checkpoint_cpu=mix.busy,
        questions_every=mix.questions_every,
        start=start,
        lag=lag,
    )


def days(
    curve: Curve,
    paths: Sequence[Path] = RULES,
    like: Server | None = None,
    *,
    day: date = MONDAY,
    floor: int | None = None,
    region: str = "us-east",
    away: Away | None = None,
) -> list[Outcome]:
    """Return the day under each set of rules; `floor` takes the place of what cron asks for.

    The clock is that of the first floor's time zone, or UTC. Raises NoRules, BadPrices.
    """
    like = like or server()
    core_hour = read_prices()[region].core_hour
    outcomes = []
    for rules in read_rules(paths):
        if floor is not None:
            rules = rules.with_floors(floor)
        minutes = simulate(curve, rules, like, midnight(rules, day), away)
        outcomes.append(Outcome(rules.name, minutes, like, core_hour))
    return outcomes


def answers(
    curve: Curve,
    paths: Sequence[Path] = RULES,
    like: Worker | None = None,
    *,
    day: date = MONDAY,
    away: Away | None = None,
) -> list[Answers]:
    """Return the workers' day under each set of rules; none where the manifests have no workers."""
    try:
        found = read_rules(paths, ANSWERS)
    except NoDeployment:
        return []
    like = like or worker()
    return [answer(curve, rules, like, midnight(rules, day), away) for rules in found]


def midnight(rules: Rules, day: date) -> datetime:
    """Return when the day begins where the first floor's clock is, or in UTC."""
    zone = rules.floors[0].zone if rules.floors else UTC
    return datetime(day.year, day.month, day.day, tzinfo=zone)
