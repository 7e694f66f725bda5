"""The admin's page of a school day: do the rules have room for every child, and at what cost?"""

import json
from functools import lru_cache

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from readerai.simulated_day.curve import SCHOOL_DAY
from readerai.simulated_day.days import RULES, days
from readerai.simulated_day.kustomization import NoRules
from readerai.simulated_day.outcome import Outcome
from sessions.admin.page import show, staff_page

_TEMPLATE, _TITLE = "admin/simulated_day.html", "Simulated day"
_EVERY = 10  # minutes between two points of the chart
_MOST = 175_000  # children: fifty servers, the most that the rules allow
_COLORS = ("#2563eb", "#9333ea")
_CHILDREN = {"label": "children", "borderColor": "#f59e0b", "backgroundColor": "#f59e0b"}
_OPTIONS = {
    "animation": False,
    "maintainAspectRatio": False,
    "elements": {"point": {"radius": 0}, "line": {"borderWidth": 2}},
    "scales": {
        "x": {"grid": {"display": False}, "ticks": {"maxTicksLimit": 13}},
        "y": {"beginAtZero": True, "title": {"display": True, "text": "children"}},
    },
}


@require_safe
@staff_page("reading.view_capacity")
def show_simulated_day(request: HttpRequest) -> HttpResponse:
    """Servers against children; `?peak=` is how many children come at eight."""
    said = request.GET.get("peak", str(SCHOOL_DAY.peak))
    if not (said.isascii() and said.isdecimal() and len(said) < 8 and 0 < int(said) <= _MOST):
        raise Http404
    peak = int(said)
    context = {"peak": peak, "most": _MOST}
    try:
        outcomes = _outcomes(peak)
    except NoRules as error:
        return show(request, _TEMPLATE, _TITLE, missing=str(error), **context)
    first = outcomes[0]
    context |= {
        "outcomes": outcomes,
        "fixed": first.fixed,
        "fixed_hours": 24 * first.fixed,
        "each": first.server.most_children,
        "chart": _chart(outcomes),
        "options": json.dumps(_OPTIONS),
    }
    return show(request, _TEMPLATE, _TITLE, **context)


@lru_cache(maxsize=16)
def _outcomes(peak: int) -> list[Outcome]:
    """Return the day under each set of rules; they do not change while a server runs."""
    return days(SCHOOL_DAY.scaled(peak), RULES)


def _chart(outcomes: list[Outcome]) -> str:
    shown = [outcome.minutes[::_EVERY] for outcome in outcomes]
    lines = [{**_CHILDREN, "fill": True, "data": [minute.children for minute in shown[0]]}]
    for outcome, minutes, color in zip(outcomes, shown, _COLORS, strict=False):
        places = [minute.servers * outcome.server.most_children for minute in minutes]
        label = f"places of servers, {outcome.rules}"
        lines.append({"label": label, "data": places, "borderColor": color, "stepped": True})
    labels = [f"{minute.minute // 60:02}:{minute.minute % 60:02}" for minute in shown[0]]
    return json.dumps({"labels": labels, "datasets": lines})
