"""What a person wants to know of a run: one JSON document, or tables on a screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.table import Table

from computeshift.experiments.claims import claims
from computeshift.experiments.results import QUANTILES, percentile

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.results import Results

OPENAI = ("revenue", "burn", "training_spend", "inference_spend", "capacity_gw")
_COLUMNS = 6  # years that fit 80 columns
_BOUNDS = [percentile(quantile) for quantile in QUANTILES]


def document(results: Results) -> dict[str, Any]:
    """The run as one JSON document; what is unknown is null."""
    manifest = results.manifest
    told = results.claims()[["name", "probability", "low", "high", "sentence"]]
    return {
        "config": manifest["name"],
        "worlds": results.worlds,
        "seed": manifest["seed"],
        "status": manifest["status"],
        "not_finite": len(manifest["not_finite"]),
        "shares": _records(results.shares()) if results.has("openai", "used_gw") else [],
        "investments": _records(results.investments()),
        "openai": _openai(results),
        "claims": _records(told),
        "worlds_per_second": manifest["worlds_per_second"],
        "out": str(results.folder),
    }


def show(results: Results, console: Console) -> None:
    """Print the run as tables that fit 80 columns."""
    told = document(results)
    shares = pd.DataFrame(told["shares"])
    if not shares.empty:
        used = shares.groupby("supplier")["p90"].transform("max") > 0
        shares = shares[used]
        title = "Share of OpenAI's compute, %"
        console.print(by_year(title, shares, ["supplier"], scale=100))
    money = pd.DataFrame(told["investments"])
    if not money.empty:
        console.print(by_year("Equity paid, $ bn", money, ["investor", "target"]))
    rows = [{"year": at["year"], "variable": v, **at[v]} for at in told["openai"] for v in OPENAI]
    if rows:
        title = "OpenAI, $ bn and GW"
        console.print(by_year(title, pd.DataFrame(rows), ["variable"]))
    console.print(_claims(told["claims"]))
    console.print("Median over the worlds, P10 to P90 below it; claims with their 95% interval", style="dim")
    if told["not_finite"]:
        console.print(f"{told['not_finite']} worlds were left out: their numbers are not finite")
    console.print(
        f"{told['config']}: {told['worlds']} worlds, seed {told['seed']}, "
        f"{told['worlds_per_second']:,.0f} worlds per second"
    )
    if laid := _posterior(results):
        console.print(laid, soft_wrap=True)
    console.print(f"Results in {told['out']}", soft_wrap=True)


def _posterior(results: Results) -> str:
    """Which posterior the run drew from, in words, if any."""
    about = results.manifest.get("posterior")
    if about is None:
        return ""
    told = f"{len(about['laid'])} parameters drawn from {about['file']}"
    return f"{told}, {len(about['kept'])} kept as the config has them" if about["kept"] else told


def _openai(results: Results) -> list[dict[str, Any]]:
    """OpenAI year by year, each variable with its quantiles."""
    if not results.has("openai", OPENAI[0]):
        return []
    table = results.firm("openai", OPENAI).set_index(["year", "variable"])
    bounds = {key: dict(row) for key, row in table.to_dict("index").items()}
    return [{"year": year, **{v: bounds[year, v] for v in OPENAI}} for year in results.years]


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): None if isinstance(v, float) and math.isnan(v) else v for key, v in row.items()}
        for row in table.to_dict("records")
    ]


def by_year(title: str, rows: pd.DataFrame, by: list[str], scale: float = 1.0) -> Table:
    """A table with a row a group and a column a year: the median, below it P10 and P90."""
    years = sorted(rows["year"].unique())[-1 :: -math.ceil(rows["year"].nunique() / _COLUMNS)][::-1]
    table = Table(title=title, title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("")
    for year in years:
        table.add_column(str(year), justify="right")
    for names, group in rows.groupby(by, sort=False):
        at = group.set_index("year")
        cells = [_cell(at.loc[year], scale) if year in at.index else "" for year in years]
        table.add_row(" to ".join(map(str, names)).replace("_", " "), *cells)
    return table


def _cell(bounds: pd.Series[float], scale: float) -> str:
    low, median, high = (_short(bounds[name] * scale) for name in _BOUNDS)
    return f"{median}\n[dim]{low} to {high}[/dim]"


def _short(value: float | None) -> str:
    """A number in few characters.

    >>> _short(0.04), _short(3.14159), _short(27.18), _short(-0.01), _short(None)
    ('0.0', '3.1', '27', '0.0', 'n/a')
    """
    if value is None or math.isnan(value):
        return "n/a"
    text = f"{value:.1f}" if abs(value) < 9.95 else f"{value:.0f}"
    return "0.0" if text == "-0.0" else text


def _claims(told: list[dict[str, Any]]) -> Table:
    table = Table(title="Claims", title_justify="left", box=None, padding=(0, 1, 0, 0))
    table.add_column("holds in", justify="right", no_wrap=True)
    table.add_column("95% interval", justify="right", no_wrap=True)
    table.add_column("claim")
    for claim in told:
        if claim["probability"] is None:
            table.add_row("not decided", claims()[claim["name"]].when, claim["sentence"])
            continue
        interval = f"{claim['low']:.0%} to {claim['high']:.0%}"
        table.add_row(f"{claim['probability']:.0%}", interval, claim["sentence"])
    return table
