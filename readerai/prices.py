"""What a month costs, from what is needed and a table of prices."""

import math
import tomllib
from dataclasses import dataclass
from pathlib import Path

import msgspec

from readerai.capacity import Mix, Need, socket_traffic, sound_minute
from readerai.measured import Measured

PRICES = Path(__file__).with_name("prices.toml")
HOURS = 730  # of a month
_REDIS_BYTES = 6e9
_UNIT_CONNECTIONS = 3_000
_GIGABYTE = 1e9


class BadPrices(Exception):
    """A table of prices cannot be used; the message says why."""


class Prices(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The prices of one region, in dollars."""

    core_hour: float
    redis_hour: float
    postgres_hour: float
    load_balancer_hour: float
    load_balancer_unit_hour: float
    cluster_hour: float
    traffic_gigabyte: float
    cdn_gigabyte: float
    model_input: float
    model_output: float


@dataclass(frozen=True)
class Bill:
    """Dollars a month; `entry` is the load balancer and the cluster itself, `traffic` sound and sockets."""

    web: float
    workers: float
    redis: float
    postgres: float
    entry: float
    traffic: float
    model: float

    @property
    def machines(self) -> float:
        """Return what runs whether somebody reads or not: what the first estimate called servers."""
        return self.web + self.workers + self.redis + self.postgres + self.entry

    @property
    def total(self) -> float:
        """Return all of it."""
        return self.machines + self.traffic + self.model


def read_prices(path: Path = PRICES) -> dict[str, Prices]:
    """Return the prices by region. Raises BadPrices."""
    try:
        return msgspec.convert(tomllib.loads(path.read_text()), dict[str, Prices])
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise BadPrices(f"{path}: {error}") from None


def bill(needed: Need, measured: Measured, mix: Mix, prices: Prices, subprotocol: str, *, cdn: bool) -> Bill:
    """Return what a month costs when all servers run all the time."""
    minutes = needed.students * mix.minutes_a_day * mix.school_days
    sound = minutes * sound_minute(measured, mix).all / _GIGABYTE
    sockets = minutes * socket_traffic(mix, subprotocol).down / _GIGABYTE
    answers = minutes * 60 / mix.questions_every * (1 - mix.kept_answers)
    tokens_in, tokens_out = answers * measured.prompt_tokens, answers * mix.answer_tokens
    redis_cores = math.ceil(needed.redis_cpu / mix.busy)
    redis = max(redis_cores, math.ceil(needed.redis_memory / mix.busy / _REDIS_BYTES)) * 2
    units = needed.at_once / _UNIT_CONNECTIONS + needed.sound / 8 * 3_600 / _GIGABYTE * (not cdn)
    sound_prices = prices.cdn_gigabyte if cdn else prices.traffic_gigabyte
    return Bill(
        web=HOURS * needed.servers * prices.core_hour,
        workers=HOURS * needed.llm_workers * prices.core_hour,
        redis=HOURS * redis * prices.redis_hour,
        postgres=HOURS * max(1.0, needed.postgres_cpu / mix.busy / 2) * prices.postgres_hour,
        entry=HOURS
        * (prices.load_balancer_hour + units * prices.load_balancer_unit_hour + prices.cluster_hour),
        traffic=sound * sound_prices + sockets * prices.traffic_gigabyte,
        model=(tokens_in * prices.model_input + tokens_out * prices.model_output) / 1e6,
    )
