"""Named outcomes: what a question can ask of a world. Each is a table of worlds by years."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from computeshift.experiments.results import Results

Measure = Callable[["Results"], pd.DataFrame]


@dataclass(frozen=True)
class Outcome:
    """An outcome: its unit, what it means, and how it is read off results (worlds x years)."""

    name: str
    unit: str
    doc: str
    of: Measure


OUTCOMES: dict[str, Outcome] = {}


def outcome(unit: str) -> Callable[[Measure], Measure]:
    """Register a function as the outcome of its name; its docstring's first line is the meaning."""

    def register(of: Measure) -> Measure:
        name = of.__name__
        OUTCOMES[name] = Outcome(name, unit, (of.__doc__ or "").splitlines()[0], of)
        return of

    return register


def share(results: Results, supplier: str, lab: str = "openai") -> pd.DataFrame:
    """The part of the GW a lab used in the year that came through one supplier."""
    total = results.flow("capacity", target=lab)
    return results.flow("capacity", supplier, lab) / total.where(total > 0)


@outcome("share")
def stargate_share(results: Results) -> pd.DataFrame:
    """Part of the GW OpenAI used in the year that came through Stargate."""
    return share(results, "stargate")


@outcome("share")
def azure_share(results: Results) -> pd.DataFrame:
    """Part of the GW OpenAI used in the year that came through Microsoft."""
    return share(results, "microsoft")


@outcome("$ bn")
def azure_spending(results: Results) -> pd.DataFrame:
    """What OpenAI paid Microsoft for capacity in the year."""
    return results.flow("lease", "openai", "microsoft")


@outcome("$ bn")
def openai_burn(results: Results) -> pd.DataFrame:
    """What OpenAI's operations cost beyond its revenue in the year."""
    return results.variable("openai", "burn")


@outcome("$ bn")
def inference_minus_training(results: Results) -> pd.DataFrame:
    """OpenAI's spending on inference less that on training in the year."""
    spent = results.variable("openai", "inference_spend")
    return spent - results.variable("openai", "training_spend")


@outcome("$ bn")
def softbank_in_openai(results: Results) -> pd.DataFrame:
    """What SoftBank has paid into OpenAI, all years, those before the start included."""
    paid = results.flow("equity", "softbank", "openai").cumsum(axis=1)
    if not results.has("softbank", "bet_paid"):
        return paid
    bets = results.variable("softbank", "bet_paid") - results.flow("equity", "softbank")
    before = bets.iloc[:, 0]
    return paid.add(before, axis=0)


@outcome("$ bn")
def microsoft_in_openai(results: Results) -> pd.DataFrame:
    """What Microsoft has paid into OpenAI from the start on."""
    return results.flow("equity", "microsoft", "openai").cumsum(axis=1)


@outcome("$ bn")
def softbank_in_stargate(results: Results) -> pd.DataFrame:
    """What SoftBank has paid into Stargate from the start on."""
    return results.flow("equity", "softbank", "stargate").cumsum(axis=1)


@outcome("$ bn")
def stargate_spent(results: Results) -> pd.DataFrame:
    """What Stargate and its operator have spent on building it from the start on."""
    return results.variable("stargate", "capex").cumsum(axis=1)


@outcome("$ bn")
def softbank_pays_openai(results: Results) -> pd.DataFrame:
    """What SoftBank's group paid OpenAI for its services in the year."""
    return results.flow("revenue", "softbank", "openai")


@outcome("$ bn")
def ai_capacity_spending(results: Results) -> pd.DataFrame:
    """What everybody has paid for the use of AI capacity from the start on."""
    return results.market_variable("ai_lease_spending").cumsum(axis=1)


@outcome("0/1")
def softbank_unwound(results: Results) -> pd.DataFrame:
    """SoftBank is above its loan-to-value limit, or its bet is worth less than half of its cost."""
    lost = results.variable("softbank", "bet_value") < results.variable("softbank", "bet_paid") / 2
    breached = results.variable("softbank", "breached")
    return (lost | (breached > 0)).astype(float).where(breached.notna())
