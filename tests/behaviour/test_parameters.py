"""No parameter is drawn in vain: half or twice of each moves something that is logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from computeshift.agents import KINDS
from computeshift.environment.bounds import Bounds
from computeshift.environment.deals import DEAL_KINDS
from computeshift.environment.draws import Draws
from computeshift.environment.market import ComputeMarket
from computeshift.environment.setup import Array, Setup
from computeshift.experiments.config.load import load
from computeshift.experiments.config.registry import bounds
from computeshift.experiments.run.design import design, setup
from tests.behaviour.worlds import STORM

WORLDS = 6  # of the design; each is played once as it is, and twice for each parameter
SCARCE = {"compute.chips_per_year": "2", "compute.chip_response": "0.1"}
SOLD_OUT = {"meta.initial_revenue": "2", "xai.initial_revenue": "4"}
ELSEWHERE: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "openai.crew_growth": ("six", {"openai.strategy": "own"}),
    "openai.own_build_share": ("six", {"openai.strategy": "own"}),
    "stargate.cover": ("no_mgx", {}),
    "ratings.unpaid_notches": ("six", STORM),
    "capital.panic": ("demand_winter", {}),
    "stargate.spread_response": ("credit_crunch", {}),
    **{
        f"{lender}.crunch_response": ("credit_crunch", {})
        for lender in ("banks", "bond_buyers", "private_credit")
    },
    "compute.power_growth": ("six", {"compute.power_per_year": "2"}),
    "compute.power_growth_most": ("six", {"compute.power_per_year": "2"}),
    "compute.power_response": ("six", {"compute.power_per_year": "2"}),
    "compute.chip_growth": ("six", SCARCE),
    "compute.long_stop": ("six", {**SCARCE, "compute.chips_per_year": "1"}),
    "rival_lab.shortage_pricing": ("six", SCARCE),
    "compute.chip_response": ("six", {"compute.chips_per_year": "2"}),
    "compute.chip_growth_most": ("six", {"compute.chips_per_year": "2"}),
    "deepseek.shortage_pricing": ("six", {"deepseek.initial_revenue": "3"}),
    "deepseek.training_floor": ("six", {"deepseek.initial_revenue": "3"}),
    "deals.microsoft_openai.cap": ("six", {"until": "2035"}),
    "deals.microsoft_openai.longer": ("six", {"until": "2035"}),
    "deals.microsoft_openai.pace": ("six", {"openai.conversion_chance": "0"}),
    "deals.microsoft_openai.uplift": ("six", {"openai.conversion_chance": "0"}),
    "softbank.conditional_share": ("six", {"openai.conversion_chance": "0"}),
    "deals.coreweave_openai.exit_fee": ("baseline", {"deals.coreweave_openai.price": "30"}),
    "xai.crew_growth": ("baseline", {"until": "2035"}),
    "deepseek.crew_growth": ("six", {"until": "2035"}),
    **{
        f"{firm}.prefunding": (
            "baseline",
            {"china_cloud.initial_other_capex": "60", "meta.initial_other_capex": "90"},
        )
        for firm in ("china_cloud", "meta")
    },
    "google.shortage_pricing": ("baseline", {"google.initial_revenue": "8"}),
    "google.training_floor": ("baseline", {"google.initial_revenue": "8"}),
    **{
        f"{lab}.{number}": ("baseline", SOLD_OUT)
        for lab in ("meta", "xai")
        for number in ("shortage_pricing", "training_floor")
    },
    **{
        f"{lender}.{number}": ("six", STORM)
        for lender in ("banks", "bond_buyers")
        for number in ("loss_response", "recovery", "security")
    },
    **{
        name: ("baseline", {"compute.sunk_orders": "0.9"})
        for name in (
            *("banks.extension", "private_credit.extension"),
            *("coreweave.equity_multiple", "coreweave.issue_limit"),
        )
    },
    **{
        f"private_credit.{number}": ("six", {**STORM, "compute.sunk_orders": "0.9"})
        for number in ("loss_response", "recovery", "security")
    },
}
"""What moves nothing in these worlds of `six` and of the baseline, and where it does. There OpenAI builds no
sites of its own, becomes a for-profit early and leaves no deal, its terms with Microsoft run to 2030, all
sponsors are there, chips and the grid grow as fast as orders, labs have compute for their customers, buyers
pay what labs can't, and lenders lose nothing, as nobody leaves dues unpaid."""


class Repeated(Draws):
    """The random draws of the first worlds, again and again."""

    def uniform(self, name: str, year: int) -> Array:
        """The same numbers for each group of worlds, `(W,)`."""
        return np.resize(super().uniform(name, year)[:WORLDS], self.worlds)


def allowed_for(base: Setup, name: str) -> Bounds:
    """The bounds of a parameter of a firm, a section or a deal."""
    owner, _, key = name.partition(".")
    if owner == "deals":
        deal, _, number = key.partition(".")
        kind = DEAL_KINDS[next(known.kind for known in base.deals if known.name == deal)]
        return kind.numbers[number if number in kind.numbers else kind.schedule[0]].bounds
    kinds = {firm.name: firm.kind for firm in base.firms}
    return bounds(kinds.get(owner, owner))[key]


def moved(base: Setup, names: Sequence[str]) -> set[str]:
    """The parameters of which a half or the double moves a logged number, in some world and year."""
    groups = 1 + 2 * len(names)
    numbers = {name: np.tile(values, groups) for name, values in base.parameters.items()}
    for i, name in enumerate(names):
        allowed = allowed_for(base, name)
        for j, factor in enumerate((0.5, 2.0)):
            group = slice((1 + 2 * i + j) * WORLDS, (2 + 2 * i + j) * WORLDS)
            numbers[name][group] = allowed.clip(base.parameters[name] * factor)
    market = ComputeMarket(replace(base, worlds=groups * WORLDS, parameters=numbers), KINDS)
    market.draws = Repeated(base.seed, 0, groups * WORLDS)
    while market.running:
        market.step()
    logs = (market.datacollector.get_model_vars_dataframe(), market.datacollector.get_agent_vars_dataframe())
    logged = [value for log in logs for column in log for value in log[column] if np.shape(value)]
    differs = np.zeros(groups * WORLDS, dtype=bool)
    for values in logged:
        differs |= values != np.resize(values[:WORLDS], values.shape)
    by_group = differs.reshape(groups, WORLDS).any(axis=1)[1:].reshape(-1, 2).any(axis=1)
    return {name for name, found in zip(names, by_group, strict=True) if found}


def drawn(config: str, settings: Mapping[str, str]) -> Setup:
    loaded = load(config, set=dict(settings) or None)
    return setup(loaded, design(loaded, worlds=WORLDS, seed=1))


def test_every_parameter_that_is_drawn_moves_something() -> None:
    known: set[str] = set()
    for start in ("six", "baseline"):  # of the baseline the numbers of its own firms and deals
        base = drawn(start, {})
        names = [name for name, values in base.parameters.items() if np.ptp(values) > 0 and name not in known]
        still = set(names) - moved(base, names) - ELSEWHERE.keys()
        assert still == set(), f"{start}: drawn, and read by no rule: remove it, or set it to one value"
        known |= {*base.parameters}
    for config, settings in {(config, tuple(own.items())) for config, own in ELSEWHERE.values()}:
        here = [name for name, where in ELSEWHERE.items() if where == (config, dict(settings))]
        assert set(here) == moved(drawn(config, dict(settings)), here), config
