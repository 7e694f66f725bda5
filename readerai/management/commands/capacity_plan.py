"""`manage.py capacity_plan`: servers, Redis, bandwidth and dollars for so many students, as measured."""

import json
from dataclasses import fields
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from readerai.capacity import Mix
from readerai.capacity_report import as_data, as_markdown, plan
from readerai.measured import Measured
from readerai.prices import PRICES, BadPrices, read_prices
from sessions import protocol

FORMATS = {"json": protocol.JSON, "msgpack": protocol.MSGPACK}


class Command(BaseCommand):
    """Print what so many students need; nothing is asked of any server."""

    help = __doc__
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what may be known better, each with what is assumed otherwise."""
        add = parser.add_argument
        add("--students", type=int, default=30_000, help="children of all schools (default: %(default)s)")
        add("--format", choices=sorted(FORMATS), default="msgpack", help="what their browsers speak")
        add("--prices", type=Path, default=PRICES, metavar="FILE", help=f"your prices, as in {PRICES.name}")
        add(
            "--region",
            default="us-east",
            help="in which the first estimate is compared (default: %(default)s)",
        )
        add("--json", action="store_true", help="print the plan as one JSON object")
        for entry in fields(Mix):
            about = entry.metadata
            add(
                f"--{entry.name.replace('_', '-')}",
                type=float,
                default=entry.default,
                metavar="N",
                help=f"{about['unit']} ({about['source']}; default: %(default)s)".replace("%)", "%%)"),
            )

    def handle(self, *args, **options) -> None:
        """Print the plan. Raises CommandError where the options make no sense."""
        mix = Mix(**{entry.name: options[entry.name] for entry in fields(Mix)})
        if options["students"] < 1 or not mix.sensible:
            raise CommandError("students and times must be above 0, shares between 0 and 1")
        try:
            prices = read_prices(options["prices"])
        except BadPrices as error:
            raise CommandError(str(error)) from None
        if options["region"] not in prices:
            raise CommandError(f"no region {options['region']}: there are {', '.join(prices)}")
        found = plan(
            options["students"], Measured(), mix, prices, FORMATS[options["format"]], options["region"]
        )
        if options["json"]:
            self.stdout.write(json.dumps(as_data(found), indent=2))
        else:
            self.stdout.write("\n".join(as_markdown(found)).rstrip())
