"""What a person wants to know of a run: one JSON document, or tables on a screen."""

from __future__ import annotations

import html
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.results.claims import claims
from computeshift.experiments.results.excluded import counted, left_out
from computeshift.experiments.results.files import short
from computeshift.experiments.results.manifest import failure_lines
from computeshift.experiments.views.format import fixed, interval, percent
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, by_year

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.results.results import Results

OPENAI = ("revenue", "burn", "training_spend", "inference_spend", "capacity_gw")
_NO_FORMULAS = (
    "tex2jax_ignore mathjax_ignore"  # dollars are dollars: Jupyter sets what is between two as a formula
)


def document(results: Results) -> dict[str, Any]:
    """The run as one JSON document; what is unknown is null. UserError if no world is finite."""
    manifest = results.manifest
    results.must_have_worlds()
    told = results.claims()[["name", "probability", "low", "high", "sentence"]]
    return {
        "config": manifest.name,
        "changes": [asdict(change) for change in results.changes],
        "worlds": results.worlds,
        "seed": manifest.seed,
        "status": manifest.status,
        "left_out": counted(results.reasons),
        "failed": results.failed,
        "shares": records(results.shares()) if _supplied(results) else [],
        "investments": records(results.investments()),
        "openai": _openai(results),
        "claims": records(told),
        "worlds_per_second": manifest.worlds_per_second,
        "out": str(results.folder),
    }


def show(results: Results, console: Console) -> None:
    """Print the run as tables that fit 80 columns."""
    told = document(results)
    shares = pd.DataFrame(told["shares"])
    if not shares.empty:
        used = shares.groupby("supplier")["p90"].transform("max") > 0
        shares = shares[used]
        title = f"Share of {named(_lab(results))}'s compute, %"
        console.print(by_year(title, shares, ["supplier"], scale=100))
    money = pd.DataFrame(told["investments"])
    if not money.empty:
        console.print(by_year("Equity paid, $ bn", money, ["investor", "target"]))
    rows = [{"year": at["year"], "variable": v, **at[v]} for at in told["openai"] for v in OPENAI]
    if rows:
        title = f"{capitalised(named(_lab(results)))}, $ bn and GW"
        console.print(by_year(title, pd.DataFrame(rows), ["variable"]))
    console.print(_claims(told["claims"]))
    console.print("Median over the worlds, P10 to P90 below it; claims with their 95% interval", style="dim")
    if results.reasons:
        console.print(left_out(results.reasons), soft_wrap=True, markup=False)
    for line in failure_lines(results.manifest.failed):
        console.print(line, soft_wrap=True, markup=False)
    console.print(
        f"{told['config']}: {told['worlds']} worlds, seed {told['seed']}, "
        f"{_rate(told['worlds_per_second'])} worlds per second"
    )
    for change in results.changes:
        console.print(f"  {change}", soft_wrap=True, markup=False)
    if told_cast := results.cast.told():
        console.print(f"In outcomes and claims {told_cast}", soft_wrap=True, markup=False)
    if laid := _posterior(results):
        console.print(laid, soft_wrap=True)
    console.print(f"Results in {short(results.folder)}", soft_wrap=True)


def page_part(results: Results) -> str:
    """What a notebook shows of a run: shares of OpenAI's compute by year, and how often claims hold."""
    lines = [repr(results).strip("<>"), *map(str, results.changes)]
    lines += [f"In claims {told}"] if (told := results.cast.told()) else []
    told = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    if len(results.left_out) < results.worlds:
        for title, table in (_shares_by_year(results), _claims_held(results)):
            told += f"<p>{title}</p>{table.to_html()}" if not table.empty else ""
    return f'<div class="{_NO_FORMULAS}">{told}</div>'


def _supplied(results: Results) -> bool:
    """Whether anybody supplied the lab that outcomes are about with compute."""
    return any((target, kind) == (_lab(results), "capacity") for _, target, kind in results.ties())


def _lab(results: Results) -> str:
    """OpenAI, or the lab that stands for it here."""
    return results.cast.firm(LAB)


def _shares_by_year(results: Results) -> tuple[str, pd.DataFrame]:
    title = f"Share of {named(_lab(results))}'s compute: median (P10 to P90)"
    if not _supplied(results):
        return title, pd.DataFrame()
    shares = results.shares()
    shares = shares[shares.groupby("supplier")["p90"].transform("max") > 0]
    bounds = zip(shares["p50"], shares["p10"], shares["p90"], strict=True)
    told = [f"{percent(middle)} ({interval(low, high, '.0%')})" for middle, low, high in bounds]
    cells = shares.assign(supplier=shares["supplier"].map(named), told=told)
    wide = cells.pivot(index="supplier", columns="year", values="told")
    return title, wide.rename_axis(index=None, columns=None)


def _claims_held(results: Results) -> tuple[str, pd.DataFrame]:
    held = results.claims().dropna(subset="probability")
    between = [interval(low, high, ".1%") for low, high in zip(held["low"], held["high"], strict=True)]
    told = {"holds in": held["probability"].map("{:.1%}".format).to_list(), "95% interval": between}
    return "Claims of the sources", pd.DataFrame(told, index=held["sentence"].to_list())


def _rate(known: float | None) -> str:
    return "an unknown number of" if known is None else fixed(known, 0)


def _posterior(results: Results) -> str:
    """Which posterior the run drew from, in words, if any."""
    posterior = results.manifest.posterior
    if posterior is None:
        return ""
    text = f"{len(posterior.laid)} parameters drawn from {posterior.file}"
    return f"{text}, {len(posterior.kept)} kept as the config has them" if posterior.kept else text


def _openai(results: Results) -> list[dict[str, Any]]:
    """OpenAI, or the lab that stands for it, year by year, each variable with its quantiles."""
    if not results.has(_lab(results), OPENAI[0]):
        return []
    table = results.firm(_lab(results), OPENAI).set_index(["year", "variable"])
    bounds = {key: dict(row) for key, row in table.to_dict("index").items()}
    return [{"year": year, **{v: bounds[year, v] for v in OPENAI}} for year in results.years]


def _claims(told: list[dict[str, Any]]) -> Plain:
    table = Plain("Claims")
    table.add_column("holds in", justify="right", no_wrap=True)
    table.add_column("95% interval", justify="right", no_wrap=True)
    table.add_column("claim")
    for claim in told:
        if claim["probability"] is None:
            table.add_row("not decided", claims()[claim["name"]].when, claim["sentence"])
            continue
        between = interval(claim["low"], claim["high"], ".0%")
        table.add_row(percent(claim["probability"]), between, claim["sentence"])
    return table
