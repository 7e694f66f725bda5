"""The capacity plan as JSON and as Markdown: what is needed, what it costs, what that stands on. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from readerai.capacity import Mix, Need, PerServer, need, server_request, socket_traffic, sound_minute
from readerai.measured import Fact, Measured, facts
from readerai.prices import Bill, Prices, bill
from readerai.wire_cost import WORD_SECONDS, Traffic, reading_minute
from sessions import protocol

_FORMATS = {"JSON": protocol.JSON, "MessagePack": protocol.MSGPACK}
_LIMITS = {
    "by_steady_cpu": "CPU while they read",
    "by_rush": "CPU while they all come",
    "by_return": "all come back at once",
    "by_sockets": "open files",
    "tried": "the most that were measured",
}


@dataclass(frozen=True)
class FirstEstimate:
    """What was reckoned before anything was built: the case of 10,000 students."""

    students: int = 10_000
    servers: int = 10
    dollars: float = 1_000
    children_per_server: int = 1_000
    server_memory: float = 1e9

    @property
    def cents_each(self) -> float:
        """Return the cents that a student costs in a month."""
        return 100 * self.dollars / self.students


FIRST = FirstEstimate()


@dataclass(frozen=True)
class Plan:
    """What so many students need and cost; `first` is the same for the case of the first estimate."""

    measured: Measured
    mix: Mix
    subprotocol: str
    needed: Need
    first: Need
    bills: Mapping[str, Bill]
    bills_with_cdn: Mapping[str, Bill]
    first_bill: Bill
    region: str


def plan(
    students: int, measured: Measured, mix: Mix, prices: Mapping[str, Prices], subprotocol: str, region: str
) -> Plan:
    """Return the plan; `region` is the one in which the first estimate is compared."""
    needed, first = (need(number, measured, mix, subprotocol) for number in (students, FIRST.students))

    def cost(of: Need, name: str, cdn: bool) -> Bill:
        return bill(of, measured, mix, prices[name], subprotocol, cdn=cdn)

    return Plan(
        measured, mix, subprotocol, needed, first,
        {name: cost(needed, name, False) for name in prices},
        {name: cost(needed, name, True) for name in prices},
        cost(first, region, True),
        region,
    )  # fmt: skip


def as_data(found: Plan) -> dict[str, object]:
    """Return the plan as JSON data: dollars a month, otherwise the units of `Need`."""
    request = server_request(found.needed.per_server.children, found.measured, found.mix)
    return {
        "need": asdict(found.needed),
        "children_per_server": found.needed.per_server.children,
        "server_request": {"cpu": request[0], "memory": request[1]},
        "dollars_a_month": {name: _dollars(each) for name, each in found.bills.items()},
        "dollars_a_month_with_cdn": {name: _dollars(each) for name, each in found.bills_with_cdn.items()},
        "first_estimate": {
            **asdict(FIRST), "ours": asdict(found.first), "our_dollars": _dollars(found.first_bill),
        },
        "measured": [fact._asdict() for fact in facts(found.measured)],
        "assumed": [fact._asdict() for fact in facts(found.mix)],
    }  # fmt: skip


def as_markdown(found: Plan) -> Iterator[str]:
    """Yield the lines of the plan for people."""
    for title, lines in (
        (f"What {found.needed.students:,} students need", _need(found)),
        ("How many children a server holds", _limits(found.needed.per_server)),
        ("Bytes a child and minute", _traffic(found)),
        ("Dollars a month", _costs(found)),
        ("Beside the first estimate", _beside(found)),
        ("What was measured", _facts(facts(found.measured))),
        ("What is assumed", _facts(facts(found.mix))),
    ):
        yield f"## {title}"
        yield ""
        yield from lines
        yield ""


def _need(found: Plan) -> Iterator[str]:
    needed, mix = found.needed, found.mix
    spare = int(mix.spare_servers)
    cpu, memory = server_request(needed.per_server.children, found.measured, mix)
    yield from _table(
        ["in the busiest minute", ""],
        [
            ["children at once", f"{needed.at_once:,}"],
            ["web servers, one process each", f"{needed.servers} ({spare} of them to spare)"],
            ["a web server asks for", f"{cpu:g} cores, {memory / 2**20:.0f} MiB"],
            ["CPU of all web servers, reading", f"{needed.server_cpu:.2f} cores"],
            ["the same while everybody comes", f"{needed.server_rush_cpu:.2f} cores"],
            ["memory of each web server", f"{needed.server_memory / 1e6:.0f} MB"],
            ["questions a second", f"{needed.questions:.0f}"],
            ["llm workers", f"{needed.llm_workers} ({spare} of them to spare)"],
            ["CPU of answers, with their voice", f"{needed.llm_worker_cpu:.2f} cores"],
            ["CPU of checkpoints", f"{needed.checkpoint_cpu:.2f} cores"],
            ["a child's place is in PostgreSQL", f"every {needed.checkpoint_seconds:.0f} s"],
            ["Redis CPU, of one core a server", f"{needed.redis_cpu:.2f} cores"],
            ["Redis commands a second, those of scripts too", f"{needed.redis_commands:,.0f}"],
            ["Redis memory of live sessions", f"{needed.redis_memory / 1e6:.0f} MB"],
            ["PostgreSQL CPU", f"{needed.postgres_cpu:.2f} cores"],
            ["PostgreSQL log written", f"{needed.postgres_wal / 1e6:.1f} MB a second"],
            ["sockets, both ways", f"{needed.bandwidth / 1e6:.0f} Mbit/s"],
            ["sound, without a CDN", f"{needed.sound / 1e6:,.0f} Mbit/s"],
            [
                f"sound, with a CDN that has {mix.from_cdn:.0%} of pages",
                f"{needed.sound_past_cdn / 1e6:,.0f} Mbit/s from the bucket",
            ],
        ],
    )


def _limits(limits: PerServer) -> Iterator[str]:
    rows = [
        [what, f"{getattr(limits, name):,}{' (this one counts)' if name == limits.limit else ''}"]
        for name, what in _LIMITS.items()
    ]
    yield from _table(["limit", "children"], rows)


def _traffic(found: Plan) -> Iterator[str]:
    def socket(what: str, both: Traffic) -> list[str]:
        return [what, f"{both.up:,.0f}", f"{both.down:,.0f}", f"{both.down:,.0f}", "frames, with all headers"]

    rows = []
    for name, subprotocol in _FORMATS.items():
        for when, every in (("with each word", WORD_SECONDS), ("every 1 s", 1), ("every 5 s", 5)):
            rows.append(socket(f"{name}: a place {when}", reading_minute(subprotocol, every)))
    for name, subprotocol in _FORMATS.items():
        rows.append(socket(f"{name}: as assumed, with questions", socket_traffic(found.mix, subprotocol)))
    sound = sound_minute(found.measured, found.mix)
    cached = sound.pages * (1 - found.mix.from_cdn)
    rows.append(["narration, MP3", "", f"{sound.pages:,.0f}", f"{cached:,.0f}", "files"])
    rows.append(["answers as assumed, FLAC", "", f"{sound.answers:,.0f}", f"{sound.answers:,.0f}", "files"])
    yield from _table(
        ["a child and minute", "from the child", "to the child", "of it past a CDN", "counted on"], rows
    )
    yield ""
    yield (
        "Past a CDN goes what it does not have: sockets do not go through it, and the voice of an answer is "
        "for one child alone. Headers of the sound's own packets are not counted: reckoned, 4 % more, and "
        "half of that upwards."
    )


def _costs(found: Plan) -> Iterator[str]:
    students = found.needed.students
    rows = [
        [name, *(f"{value:,.0f}" for value in asdict(each).values()), f"{each.machines:,.0f}",
         f"{each.total:,.0f}", f"{100 * each.total / students:.1f}", f"{found.bills[name].total:,.0f}"]
        for name, each in found.bills_with_cdn.items()
    ]  # fmt: skip
    heads = [*Bill.__dataclass_fields__, "machines", "all", "cents a student", "all, without a CDN"]
    yield from _table(["region", *heads], rows)
    yield ""
    yield (
        "All servers run all the time, and each web server and worker is paid as a whole core, though it "
        "asks for less. `entry` is the load balancer and the cluster, `machines` all up to there; `traffic` "
        "is the sound from the CDN and the sockets, `model` the answers of a hosted model."
    )


def _beside(found: Plan) -> Iterator[str]:
    ours, cost, measured = found.first, found.first_bill, found.measured
    children = ours.per_server.children
    yield from _table(
        [f"{FIRST.students:,} students", "first estimate", f"ours, {found.region}"],
        [
            ["children a server", f"{FIRST.children_per_server:,}", f"{children:,}"],
            ["web servers", f"{FIRST.servers}", f"{ours.servers}"],
            [
                "memory a server",
                f"{FIRST.server_memory / 1e6:,.0f} MB",
                f"{ours.server_memory / 1e6:,.0f} MB",
            ],
            ["dollars a month, web servers", f"{FIRST.dollars:,.0f}", f"{cost.web:,.0f}"],
            ["dollars a month, all machines", "not in it", f"{cost.machines:,.0f}"],
            ["dollars a month, traffic and model too", "not in it", f"{cost.total:,.0f}"],
            [
                "cents a student, web servers",
                f"{FIRST.cents_each:.1f}",
                f"{100 * cost.web / FIRST.students:.1f}",
            ],
        ],
    )
    yield ""
    each = FIRST.server_memory / FIRST.children_per_server
    yield (
        f"Ours differs because it was measured. A session takes {measured.server_child_memory / 1000:.1f} KB "
        f"instead of {each / 1e6:.0f} MB, so memory is no limit. A second of reading takes "
        f"{measured.server_frame_cpu:.0f} µs of a core, so {children:,} children leave most of it free. One "
        "server more than needed is there, so that one may die; the first estimate had none. Redis, "
        "PostgreSQL, workers, traffic and the model are counted too: they cost more than the web servers."
    )


def _facts(found: Sequence[Fact]) -> Iterator[str]:
    yield from _table(
        ["figure", "value", "unit", "source"],
        [[fact.name, _number(fact.value), fact.unit, fact.source] for fact in found],
    )


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 1_000 else f"{value:g}"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|---" * len(heads) + "|"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _dollars(found: Bill) -> dict[str, float]:
    return {
        **{name: round(value, 2) for name, value in asdict(found).items()},
        "machines": round(found.machines, 2),
        "total": round(found.total, 2),
    }
