"""The figures of an evaluation as a page of text. Pure."""

from typing import Any

_COLUMNS = ("question", "answer is", "n", "held", "held exactly", "token F1", "ROUGE-L", "not found")
_FIGURES = ("held", "heldExactly", "f1", "rougeL", "notFound")


def table(result: dict[str, Any]) -> str:
    """Return a result of `figures`: one row a kind of question, then what holds for all."""
    rows = [_COLUMNS] + [
        (
            group["kind"],
            group["explicit"],
            str(group["questions"]),
            *(_figure(group[name]) for name in _FIGURES),
        )
        for group in result["groups"]
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_COLUMNS))]
    lines = ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]
    lines.insert(1, "  ".join("-" * width for width in widths))
    early, milliseconds = result["early"], result["milliseconds"]
    failures = ", ".join(f"{kind} {count}" for kind, count in sorted(result["failures"].items()))
    facts = {
        "asked too early: leaks": _counted(early["leaks"]),
        "asked too early: held, though not derivable": _counted(early["heldThoughNotDerivable"]),
        "asked too early: said not to be found": _counted(early["notFound"]),
        "leaks when asked in time": _counted(result["leaksWhenHeard"]),
        "sentences fit for the child": _counted(result["fitSentences"]),
        "questions stopped by the guard": _counted(result["questionsStopped"]),
        "answers stopped by the guard": _counted(result["answersStopped"]),
        "not found, though heard": _counted(result["notFound"]),
        "failed": failures or "none",
        "time per answer": f"p50 {milliseconds['p50']} ms, p95 {milliseconds['p95']} ms",
    }
    width = max(map(len, facts))
    return "\n".join([*lines, "", *(f"{name.ljust(width)}  {fact}" for name, fact in facts.items())])


def _figure(interval: dict[str, float]) -> str:
    value, low, high = (100 * interval[name] for name in ("value", "low", "high"))
    return f"{value:4.1f} ({low:.1f}-{high:.1f})"


def _counted(interval: dict[str, float]) -> str:
    of = interval["of"]
    return f"{round(interval['value'] * of)} of {of}: {_figure(interval).strip()} %"
