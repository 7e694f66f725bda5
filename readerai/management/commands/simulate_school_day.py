"""`manage.py simulate_school_day`: a school day, minute by minute, against the rules of k8s/."""

import argparse
import json
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from readerai.simulated_day import answers, days, outcome
from readerai.simulated_day.curve import SCHOOL_DAY, BadCurve, Curve, read_curve
from readerai.simulated_day.kustomization import NoRules
from readerai.simulated_day.live_day import Part
from readerai.simulated_day.picture import draw
from readerai.simulated_day.playing import as_lines, play
from readerai.simulated_day.steering import Away


def _minute(text: str) -> int:
    """Return a time like 07:30 as a minute of the day."""
    hour, minute = map(int, text.split(":"))
    return 60 * hour + minute


def _away(text: str) -> Away:
    """Return a time like 07:50-09:00."""
    first, last = map(_minute, text.split("-"))
    if first >= last:
        raise argparse.ArgumentTypeError(f"{text} ends before it begins")
    return Away(first, last)


def _positive(text: str) -> int:
    """Return a whole number above 0."""
    if int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is not above 0")
    return int(text)


class Command(BaseCommand):
    """Print who had room when, and what it costs beside a fixed fleet; nothing is started."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the day, the rules and what servers are like."""
        add = parser.add_argument
        add(
            "--csv",
            type=Path,
            metavar="FILE",
            help="the day: lines like 08:00,5000 (default: 6 to 20, 5,000)",
        )
        add("--peak", type=_positive, metavar="CHILDREN", help="the same day with so many at its peak")
        add(
            "--rush",
            type=_positive,
            default=5,
            metavar="MINUTES",
            help="in which all come (default: %(default)s)",
        )
        rules = parser.add_mutually_exclusive_group()
        rules.add_argument(
            "--rules", type=Path, action="append", metavar="PATH", help="manifests (default: those of k8s/)"
        )
        rules.add_argument(
            "--overlay", choices=days.overlays(), help="the rules of this folder of k8s/overlays/"
        )
        add("--floor", type=_positive, metavar="SERVERS", help="instead of what the cron triggers ask for")
        add(
            "--metrics-away",
            type=_away,
            metavar="FROM-UNTIL",
            help="Prometheus is away, like 07:50-09:00: KEDA falls back; CPU and the hours are still known",
        )
        add("--date", type=date.fromisoformat, default=days.MONDAY, help="cron knows weekdays (%(default)s)")
        for name, default, what in (
            ("start", days.START_SECONDS, "until a new server serves"),
            ("lag", days.LAG_SECONDS, "until the autoscaler knows what servers do"),
        ):
            add(f"--{name}-seconds", type=_positive, default=default, help=f"{what} (assumed: %(default)s)")
        add("--png", type=Path, metavar="FILE", help="draw servers against children")
        add("--json", action="store_true", help="print every minute as one JSON object")
        load = parser.add_argument_group("against real web processes on this machine, which are started here")
        load.add_argument("--load", action="store_true", help="play a part of the day, smaller and quicker")
        load.add_argument(
            "--children", type=_positive, default=200, help="at the peak (default: %(default)s)"
        )
        load.add_argument(
            "--from", dest="first", type=_minute, default="07:30", help="(default: %(default)s)"
        )
        load.add_argument(
            "--until", dest="last", type=_minute, default="08:30", help="(default: %(default)s)"
        )
        load.add_argument(
            "--speed", type=_positive, default=10, help="times a real day's (default: %(default)s)"
        )
        load.add_argument(
            "--most", type=_positive, default=6, help="processes at once (default: %(default)s)"
        )

    def handle(self, *args, **options) -> None:
        """Print the day; exit with status 1 if a child found no room under any of the rules."""
        try:
            if options["load"]:
                self._play(options)
                return
            curve, rules = self._curve(options), self._rules(options)
            said = {"day": options["date"], "away": options["metrics_away"]}
            times = options["start_seconds"], options["lag_seconds"]
            outcomes = days.days(curve, rules, days.server(*times), floor=options["floor"], **said)
            workers = days.answers(curve, rules, days.worker(*times), **said)
        except (BadCurve, NoRules, OSError, TimeoutError) as error:
            raise CommandError(str(error)) from None
        if options["png"]:
            options["png"].write_bytes(draw(outcomes))
        if options["json"]:
            found = [outcome.as_data(each) for each in outcomes]
            for data, day in zip(found, workers, strict=False):
                data["answers"] = answers.as_data(day)
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write("\n".join(outcome.as_markdown(outcomes)))
            if workers:
                self.stdout.write("\n" + "\n".join(answers.as_markdown(workers)))
        if any(each.without_room for each in outcomes):
            sys.exit(1)

    def _play(self, options: dict) -> None:
        played = play(
            self._curve(options),
            self._rules(options),
            Part(options["first"], options["last"], options["speed"]),
            children=options["children"],
            most=options["most"],
            floor=options["floor"],
            day=options["date"],
            console=self.stderr,
        )
        for line in as_lines(played):
            self.stdout.write(line)
        if not played.sound:
            sys.exit(1)

    def _rules(self, options: dict) -> Sequence[Path]:
        return [days.OVERLAYS / options["overlay"]] if options["overlay"] else options["rules"] or days.RULES

    def _curve(self, options: dict) -> Curve:
        curve = Curve(SCHOOL_DAY.points, options["rush"])
        if options["csv"]:
            curve = read_curve(options["csv"].read_text().splitlines(), options["rush"])
        return curve.scaled(options["peak"]) if options["peak"] else curve
