"""The README's answer, as the program computes it: how likely, what decides, what breaks, what to play."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import computeshift as cs
from computeshift.experiments.config.names import in_words, named
from computeshift.experiments.config.source import chain, names

PLAYERS = ("openai", "microsoft", "softbank", "oracle", "mgx", "deepseek")
BASE = 1024
"""Base sample of the Sobol indices: at 512 a factor of 20% can show as one of 7%."""
NAMED = 4
"""The least number of factors to name; one whose interval overlaps theirs is named too."""
SUPPLY_YEAR = 2027
"""The year whose building sites the answer is about: the middle of the build-out."""


def answer(results: cs.Results, base: int, scenarios: Sequence[str], players: Sequence[str] = PLAYERS) -> str:
    """Four lines of Markdown; `results` is a run of the baseline, of whose size all the others are."""
    worlds = results.worlds
    lines = [likely(results), decides(worlds, base), breaks(results, scenarios), choices(worlds, players)]
    return "\n".join(f"- {line}" for line in lines)


def likely(results: cs.Results) -> str:
    """How likely the claims are."""
    held = results.claims().set_index("name")["probability"]
    shares = results.shares().query("supplier == 'stargate' and year == 2030")
    (stargate,) = shares.to_dict("records")
    return (
        f"**How likely?** Stargate supplies 75% of OpenAI's compute in 2030 in "
        f"{held['stargate_majority']:.0%} of {results.worlds:,} worlds: the median is "
        f"{stargate['p50']:.0%}, P10 to P90 {stargate['p10']:.0%} to {stargate['p90']:.0%}. "
        f"$500 bn within four years: {held['stargate_500']:.0%}; $100 bn within three: "
        f"{held['stargate_100']:.0%}. OpenAI burns $20 bn in 2027: {held['burn_2027']:.0%}. SoftBank's loan "
        f"to value exceeds its limit for normal times, or it loses more than half of its bet: "
        f"{held['softbank_unwinds']:.0%}. DeepSeek lowers spending on capacity: "
        f"{held['deepseek_disrupts']:.0%}. (`computeshift run baseline`)"
    )


def decides(worlds: int, base: int) -> str:
    """What decides Stargate's share, and what holds its building back."""
    factors = cs.sensitivity("baseline", "stargate_share", rows=base).document()["factors"]
    first = [f"{_factor(row['factor'])} {row['ST']:.0%} (± {row['ST_conf']:.0%})" for row in _top(factors)]
    alone = max(factors, key=lambda row: float(row["S1"]))
    explained = cs.explain("baseline", "stargate", SUPPLY_YEAR, worlds=worlds).document()
    sites = next(row for row in explained["sites"] if row["year"] == SUPPLY_YEAR)
    cuts = [row for row in explained["stargate"] if row["year"] == SUPPLY_YEAR]
    cuts = sorted(cuts, key=lambda row: row["cut"], reverse=True)[:3]
    causes = [f"{_cause(row['cause'])} {row['cut']:.1f}" for row in cuts]
    return (
        f"**What decides it?** Of the variance of Stargate's share in 2030: {', '.join(first)} (total Sobol "
        f"indices with 95% intervals, base {base:,}).{_glossary(row['factor'] for row in _top(factors))} "
        f"Alone, without its interactions, "
        f"{_factor(alone['factor'])} explains most: {alone['S1']:.0%} (± {alone['S1_conf']:.0%}). "
        f"Labs order {sites['ordered']:.1f} GW of new sites from Stargate in {SUPPLY_YEAR}, and "
        f"{sites['started']:.1f} GW are started (means over worlds). The largest cuts, in GW: "
        f"{', '.join(causes)}. (`sensitivity`, `explain`)"
    )


def _top(factors: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The largest factors, and every other one whose 95% interval reaches that of the least of them."""
    least = factors[NAMED - 1]
    return [row for row in factors if row["ST"] + row["ST_conf"] >= least["ST"] - least["ST_conf"]]


def scenarios() -> list[str]:
    """The scenarios of the baseline."""
    start = cs.load("baseline").start
    others = [name for name in names() if name != "baseline" and cs.load(name).start == start]
    return [name for name in others if "baseline" in {layer.name for layer in chain(name)}]


def breaks(results: cs.Results, scenarios: Sequence[str]) -> str:
    """Which scenarios lower Stargate's capacity and share most, and whose default."""
    rows = cs.compare(["baseline", *scenarios], worlds=results.worlds).document()["outcomes"]
    by = {(row["config"], row["outcome"]): row for row in rows}

    def change(scenario: str, outcome: str) -> float:
        return float(by[scenario, outcome]["median_difference"])

    worst = [
        f"`{name}` {change(name, 'stargate_capacity'):+.1f} GW and "
        f"{100 * change(name, 'stargate_share'):+.1f} points of share"
        for name in sorted(scenarios, key=lambda name: change(name, "stargate_capacity"))[:4]
    ]
    capacity = by[scenarios[0], "stargate_capacity"]["first_median"]
    impacts = cs.risk(results).document()["impacts"]
    lost = {row["on"]: row["p50"] for row in impacts if (row["of"], row["year"]) == ("openai", 2030)}
    hit = ", ".join(f"{named(firm)} {lost[firm]:.0%}" for firm in ("stargate", "softbank", "oracle"))
    return (
        f"**What breaks it?** Scenarios minus baseline: median differences of Stargate's capacity at the end "
        f"of 2030 ({capacity:.1f} GW in the baseline) and of its share in what OpenAI uses over that year: "
        f"{'; '.join(worst)}. And OpenAI itself: its default in 2030 would cost other firms up to this part "
        f"of their equity or liquid means: {hit}. (`compare`, `risk`)"
    )


def choices(worlds: int, players: Sequence[str]) -> str:
    """Which strategy each player should have chosen, the others as they are; and against each other."""
    answers = {firm: cs.strategies(firm, worlds=worlds).document() for firm in players}
    game = cs.game(["openai", "microsoft"], worlds=worlds).document()
    settled = [
        " and ".join(f"{named(firm)} `{played}`" for firm, played in row["profile"].items())
        + f" (the equilibrium in {row['survives']:.0%} of resamples)"
        for row in game["pure_equilibria"]
    ]
    condition = answers["microsoft"]["break_even"]
    return (
        f"**What should they have chosen?** Each firm's best strategy while the others keep theirs, with its "
        f"mean gain and the 95% interval of that mean: "
        f"{'; '.join(_choice(firm, document) for firm, document in answers.items())}. "
        + (f"Microsoft's gain holds while {_worth(condition)}. " if condition else "")
        + f"Against each other, OpenAI and Microsoft end at {' or '.join(settled) or 'no pair'}. "
        f"(`strategies`, `game`)"
    )


def _choice(firm: str, document: dict[str, Any]) -> str:
    """A firm's best strategy, if it is significantly better than its own, and its risk."""
    plays, *_ = rows = document["strategies"]
    best = max(rows, key=lambda row: float(row["gain"]))
    if best["gain_low"] <= 0:
        return f"{named(firm)} `{plays['strategy']}`, which it already plays"
    risks = f"{best['distress']:.0%}", f"{plays['distress']:.0%}"
    risk = "" if risks[0] == risks[1] else f"; distress in {risks[0]} of worlds, against {risks[1]}"
    return (
        f"{named(firm)} `{best['strategy']}` (+${best['gain']:.0f} bn, interval "
        f"{best['gain_low']:.0f} to {best['gain_high']:.0f}, over `{plays['strategy']}`{risk})"
    )


def _worth(condition: dict[str, Any]) -> str:
    part, share = condition["part"], condition["share"]
    return f"its AI {part} is worth more than {share:.0%} of its value at the multiple paid for labs"


def _factor(name: str) -> str:
    if name == "luck":
        return "random draws"
    kind, _, parameter = name.partition(".")
    if kind == "residual":
        return f"{in_words(parameter)} (own part)"
    return f"the factor {parameter}" if kind == "factor" else in_words(name)


def _glossary(names: Iterable[str]) -> str:
    """What the factors among them are, and what the own part of a parameter is."""
    parted = [name.partition(".") for name in names]
    shared, kinds = cs.load("baseline").factors, {kind for kind, _, _ in parted}
    factors = [f"{name} is {shared[name].meaning}" for kind, _, name in parted if kind == "factor"]
    moved = f" A factor moves several parameters together: {'; '.join(factors)}." if factors else ""
    own = (
        " The own part of a parameter is its variation that no factor explains."
        if "residual" in kinds
        else ""
    )
    return moved + own


def _cause(cause: str) -> str:
    firm, _, limit = cause.split("/")
    return in_words(f"{firm}.{limit}")
