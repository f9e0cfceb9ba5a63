"""What limited a firm's decisions: how often each limit decided, year by year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from computeshift.environment.decisions import limit_name, meaning
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.explain.binding import CONTENT
from computeshift.experiments.questions.explain.explanation import VENTURE, Explanation
from computeshift.experiments.views.colours import PALETTE
from computeshift.experiments.views.format import percent, worlds
from computeshift.experiments.views.plots import style
from computeshift.experiments.views.plots.picture import Picture, nothing, sourced
from computeshift.experiments.views.plots.stack import Panel, stacked
from computeshift.experiments.views.text.explain import SEEN, cause_text

_MOST = 4  # decisions
_HIGH = 280  # px


@sourced
def explain(answer: Explanation) -> Picture:
    """Stacked bars of what limited the firm's main decisions, one panel per decision.

    Nothing to show if no limit ever decided.
    """
    panels = _panels(answer)
    if not panels:
        return nothing(f"{named(answer.firm)} decided nothing in these worlds")
    limits = dict.fromkeys(limit for shares in panels.values() for limit in shares.index)
    paint = {limit: PALETTE[i % len(PALETTE)] for i, limit in enumerate(limits)}
    option, high = stacked([_stack(title, shares, paint) for title, shares in panels.items()])
    long = [
        shares.rename_axis("limit").reset_index().melt("limit", value_name="share").assign(decision=title)
        for title, shares in panels.items()
    ]
    table = pd.concat(long)[["decision", "limit", "year", "share"]]
    note = f"Share of {worlds(answer.worlds)} in which each limit decided, by year. The decisions shown are "
    note += "those that a limit held most often."
    title = f"What limited {named(answer.firm)}, by year"
    return Picture(f"explain_{answer.firm}", title, note, option, table, high)


def _panels(answer: Explanation) -> dict[str, pd.DataFrame]:
    """The decisions that were held most often, causes x years each; Stargate's causes first."""
    panels = {}
    if answer.firm == VENTURE:
        causes = answer.venture.assign(cause=answer.venture["cause"].map(cause_text))
        wide = causes.pivot_table(index="cause", columns="year", values="share", sort=False, fill_value=0.0)
        panels["New sites: whose limit decided in the end"] = wide
    mine = answer.bound[answer.bound["firm"] == answer.firm]
    held = mine[~mine["limit"].isin(CONTENT)].groupby("decision", sort=False)["share"].sum()
    for decision in held.sort_values(ascending=False, kind="stable").index[: _MOST - len(panels)]:
        rows = mine[mine["decision"] == decision]
        wide = rows.pivot_table(index="limit", columns="year", values="share", sort=False)
        panels[capitalised(named(meaning(str(decision))))] = wide.rename(index=limit_name)
    seen = {title: wide.fillna(0.0)[wide.max(axis="columns") >= SEEN] for title, wide in panels.items()}
    return {title: wide for title, wide in seen.items() if len(wide)}


def _stack(title: str, shares: pd.DataFrame, paint: Mapping[str, str]) -> Panel:
    """Stacked bars, one per year: a colour per limit, the same in every panel."""
    series: list[dict[str, Any]] = [
        {
            "type": "bar",
            "name": str(limit),
            "color": paint[str(limit)],
            "stack": title,
            "barMaxWidth": 46,
            "dimensions": ["year", "%", {"name": "text", "type": "ordinal"}],
            "encode": style.POINT,
            "data": [
                [str(year), round(100 * share, 2), f"{percent(share)} of worlds"]
                for year, share in zip(shares.columns, own, strict=True)
            ],
        }
        for limit, own in zip(shares.index, shares.to_numpy(), strict=True)
    ]
    years = {"type": "category", "data": [str(year) for year in shares.columns]}
    option = style.base(
        grid={"left": 12, "right": 12, "top": 52, "bottom": 10, "containLabel": True},
        legend=style.legend(),
        xAxis=years | {"axisTick": {"show": False}, "axisLabel": {"color": style.INK}},
        yAxis=style.value_axis("% of worlds") | {"min": 0, "max": 100},
        series=series,
    )
    return Panel(title, option, _HIGH)
