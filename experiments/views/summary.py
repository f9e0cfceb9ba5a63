"""The summary of a run: one JSON document, or tables on a screen."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pandas as pd

from computeshift.experiments.config.cast import LAB
from computeshift.experiments.config.names import capitalised, named, possessive
from computeshift.experiments.results.claims import Claim, claims_of
from computeshift.experiments.results.excluded import counted, left_out
from computeshift.experiments.results.files import short
from computeshift.experiments.results.manifest import failure_lines
from computeshift.experiments.results.outcomes import own_outcomes
from computeshift.experiments.results.precision import COARSE
from computeshift.experiments.results.precision import errors as errors_of
from computeshift.experiments.results.quantiles import bands
from computeshift.experiments.views.format import count, fixed, interval_of_shares, percent, scale, unit_label
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.table import Plain, by_year

if TYPE_CHECKING:
    from rich.console import Console

    from computeshift.experiments.results.results import Results

CLAIM = ("name", "probability", "low", "high", "sentence")
OPENAI = ("revenue", "burn", "training_spend", "inference_spend", "capacity_gw")
_NO_FORMULAS = (
    "tex2jax_ignore mathjax_ignore"  # dollars are dollars: Jupyter sets what is between two as a formula
)


def document(results: Results, errors: bool = False) -> dict[str, Any]:
    """The run as one JSON document; unknown values are null. UserError if every world is left out.

    With `errors` each quantile has its Monte Carlo error, `error_p50` and so on.
    """
    manifest = results.manifest
    results.must_have_worlds()
    return {
        "config": manifest.name,
        "changes": [asdict(change) for change in results.changes],
        "worlds": results.worlds,
        "seed": manifest.seed,
        "status": manifest.status,
        "left_out": counted(results.reasons),
        "failed": results.failed,
        "shares": records(results.shares(errors=errors)) if _supplied(results) else [],
        "investments": records(results.investments(errors=errors)),
        "openai": _openai(results, errors),
        "claims": records(results.claims()[list(CLAIM)]),
        "outcomes": _own(results, errors),
        "worlds_per_second": manifest.worlds_per_second,
        "out": str(results.folder),
    }


def show(results: Results, console: Console, errors: bool = False) -> None:
    """Print the run as tables that fit 80 columns; with `errors` below each median its Monte Carlo error."""
    summary = document(results, errors)
    shares = pd.DataFrame(summary["shares"])
    if not shares.empty:
        used = shares.groupby("supplier")["p90"].transform("max") > 0
        shares = shares[used]
        title = f"Share of {possessive(named(_lab(results)))} compute, %"
        console.print(by_year(title, shares, ["supplier"], scale=100))
    money = pd.DataFrame(summary["investments"])
    if not money.empty:
        console.print(by_year("Equity paid, $ bn", money, ["investor", "target"]))
    rows = [{"year": at["year"], "variable": v, **at[v]} for at in summary["openai"] for v in OPENAI]
    if rows:
        title = f"{capitalised(named(_lab(results)))}, $ bn and GW"
        console.print(by_year(title, pd.DataFrame(rows), ["variable"]))
    console.print(_claims(summary["claims"], claims_of(results.config)))
    if own := summary["outcomes"]:
        console.print(by_year("Outcomes of this config", _in_units(own), ["outcome"]))
    below = "P10 to P90 and half its 95% interval (±) below it" if errors else "P10 to P90 below it"
    console.print(f"Median over the worlds, {below}; claims with their 95% interval", style="dim")
    if coarse := _coarse(results):
        console.print(coarse, soft_wrap=True, markup=False)
    if results.reasons:
        console.print(left_out(results.reasons), soft_wrap=True, markup=False)
    for line in failure_lines(results.manifest.failed):
        console.print(line, soft_wrap=True, markup=False)
    console.print(
        f"{summary['config']}: {summary['worlds']} worlds, seed {summary['seed']}, "
        f"{_rate(summary['worlds_per_second'])} worlds per second"
    )
    for change in results.changes:
        console.print(f"  {change}", soft_wrap=True, markup=False)
    if cast := results.cast.in_words():
        console.print(f"In outcomes and claims {cast}", soft_wrap=True, markup=False)
    if posterior := _posterior(results):
        console.print(posterior, soft_wrap=True)
    console.print(f"Results in {short(results.folder)}", soft_wrap=True)


def page_part(results: Results) -> str:
    """A run in a notebook: shares of OpenAI's compute by year, and how often claims hold."""
    lines = [repr(results).strip("<>"), *map(str, results.changes)]
    lines += [f"In claims {cast}"] if (cast := results.cast.in_words()) else []
    text = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    if results.sound:
        for title, table in (_shares_by_year(results), _claims_held(results)):
            text += f"<p>{title}</p>{table.to_html()}" if not table.empty else ""
    return f'<div class="{_NO_FORMULAS}">{text}</div>'


def _supplied(results: Results) -> bool:
    """Whether the lab that outcomes are about has any supplier of compute."""
    return any(target == _lab(results) for _, target in results.ties_of("capacity"))


def _lab(results: Results) -> str:
    """OpenAI, or the lab that stands for it here."""
    return results.cast.firm(LAB)


def _shares_by_year(results: Results) -> tuple[str, pd.DataFrame]:
    title = f"Share of {possessive(named(_lab(results)))} compute: median (P10 to P90)"
    if not _supplied(results):
        return title, pd.DataFrame()
    shares = results.shares()
    shares = shares[shares.groupby("supplier")["p90"].transform("max") > 0]
    bounds = zip(shares["p50"], shares["p10"], shares["p90"], strict=True)
    texts = [f"{percent(middle)} ({interval_of_shares(low, high)})" for middle, low, high in bounds]
    cells = shares.assign(supplier=shares["supplier"].map(named), text=texts)
    wide = cells.pivot(index="supplier", columns="year", values="text")
    return title, wide.rename_axis(index=None, columns=None)


def _claims_held(results: Results) -> tuple[str, pd.DataFrame]:
    held = results.claims().dropna(subset="probability")
    between = [interval_of_shares(low, high, 1) for low, high in zip(held["low"], held["high"], strict=True)]
    columns = {"holds in": [percent(share, 1) for share in held["probability"]], "95% interval": between}
    return "Claims of the sources", pd.DataFrame(columns, index=held["sentence"].to_list())


def _rate(rate: float | None) -> str:
    return "an unknown number of" if rate is None else fixed(rate, 0)


def _posterior(results: Results) -> str:
    """The posterior of the run's parameters, in words; empty if there is none."""
    posterior = results.manifest.posterior
    if posterior is None:
        return ""
    text = f"{len(posterior.laid)} parameters drawn from {posterior.file}"
    return f"{text}, {len(posterior.kept)} kept as the config has them" if posterior.kept else text


def _openai(results: Results, errors: bool) -> list[dict[str, Any]]:
    """OpenAI, or the lab that stands for it, year by year, each variable with its quantiles."""
    if not results.has(_lab(results), OPENAI[0]):
        return []
    table = results.firm(_lab(results), OPENAI, errors=errors).set_index(["year", "variable"])
    bounds = {key: dict(row) for key, row in table.to_dict("index").items()}
    return [{"year": year, **{v: bounds[year, v] for v in OPENAI}} for year in results.years]


def _coarse(results: Results) -> str:
    """Which of the lab's numbers is measured too coarsely, and how many worlds halve its error."""
    if not results.has(_lab(results), OPENAI[0]):
        return ""
    parts = {
        f"{named(name)} in {year}": float(part)
        for name, table in results.variables_of(_lab(results), OPENAI).items()
        for year, part in errors_of(table)["part"].dropna().items()
    }
    what, worst = max(parts.items(), key=lambda item: item[1], default=("", 0.0))
    if worst <= COARSE:
        return ""
    known = f"the median of {what} has an error of ± {percent(worst)} of its range from P10 to P90"
    return f"Few worlds: {known}; {count(4 * results.sound)} worlds would halve it"


def _own(results: Results, errors: bool) -> list[dict[str, Any]]:
    """The outcomes that the config defines: one row per outcome and year that has a number."""
    rows = []
    for name, outcome in own_outcomes(results.config).items():
        values = results.outcome_or_empty(outcome.key)
        spread = bands(values)
        if errors:
            spread = spread.join(errors_of(values).drop(columns="part"))
        spread = spread.rename_axis("year").reset_index()
        rows += records(spread.assign(outcome=name, unit=outcome.unit))
    return rows


def _in_units(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """The rows of outcomes with their units in their names; shares in percent."""
    table = pd.DataFrame(rows)
    names = ["p10", "p50", "p90", *(["error_p50"] if "error_p50" in table else [])]
    numbers = table[names].mul(table["unit"].map(scale), axis=0)
    labels = [f", {unit_label(unit)}" if unit else "" for unit in table["unit"]]
    return numbers.assign(year=table["year"], outcome=table["outcome"] + labels)


def _claims(rows: list[dict[str, Any]], known: Mapping[str, Claim]) -> Plain:
    table = Plain("Claims")
    table.add_column("holds in", justify="right", no_wrap=True)
    table.add_column("95% interval", justify="right", no_wrap=True)
    table.add_column("claim")
    for claim in rows:
        if claim["probability"] is None:
            table.add_row("not decided", known[claim["name"]].when, claim["sentence"])
            continue
        between = interval_of_shares(claim["low"], claim["high"], 1)
        table.add_row(percent(claim["probability"], 1), between, claim["sentence"])
    return table
