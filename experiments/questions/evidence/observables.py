"""What a fact is in the model: for an entity's variable, where a record shows it, in the fact's unit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from computeshift.experiments.config.config import Config
from computeshift.experiments.config.own import OwnObservable
from computeshift.experiments.config.settling import Kind
from computeshift.experiments.results.outcomes import flow, variable
from computeshift.experiments.results.record import Record

POINTS: tuple[Kind, ...] = ("stock", "rate")
"""Kinds that are of a point in time."""
Read = Callable[[Record], pd.DataFrame]

YEN = 150
"""Yen a dollar: about the mean of 2023 to 2025 (140, 151 and 150, yearly averages)."""
PROJECTS_ABOVE_BBB = 50
"""Basis points, as the ground of `capital.base_spread` has it."""


@dataclass(frozen=True)
class Observable:
    """How an entity's variable is read off a record: a table of worlds by calendar years.

    `firms` are named as outcomes name them: the record's `cast` says which firms those are.
    By kind, the table holds for each year

    - `flow`: what flowed in it; `average`: a mean over it; `stock`: what there was at its end;
    - `rate`: a flow that facts give annualised, for a month;
    - `round`: the price of a round of the year;
    - `events`: what happened in it, one by one;
    - `growth`: a level whose scope is not that of the facts: only its growth on the year before counts.

    `choosing.py` says which rows count for which time, `periods.py` what the table says of that time.
    """

    kind: Kind
    unit: str
    theme: str
    """What it moves with over worlds: facts of a theme share the model's error, of whichever firm."""
    firms: tuple[str, ...]
    of: Read
    """Worlds x years."""
    signed: bool = False
    """Whether it may be negative."""
    measure: str = ""
    """The outcome, expression or firm's variable (`openai.burn`) that it is, where it is one alone."""
    factor: float = 1.0
    """What numbers of `measure` are multiplied by."""

    def read(self, record: Record) -> pd.DataFrame | None:
        """The table, None if a firm that it is about is not in these worlds."""
        return self.of(record) if _are_there(record, self.firms) else None


def _are_there(record: Record, firms: Sequence[str]) -> bool:
    return all(record.cast.firm(firm) in record.firms for firm in firms)


def _variable(kind: Kind, unit: str, theme: str, agent: str, name: str, factor: float = 1.0) -> Observable:
    firms = () if agent == "stargate" else (agent,)

    def read(record: Record) -> pd.DataFrame:
        return variable(record, agent, name) * factor

    return Observable(kind, unit, theme, firms, read, factor < 0, f"{agent}.{name}", factor)


def _outcome(kind: Kind, unit: str, theme: str, name: str, *firms: str) -> Observable:
    return Observable(kind, unit, theme, firms, lambda record: record.outcome_or_empty(name), measure=name)


def _price_of_round(theme: str, lab: str) -> Observable:
    """The price of a lab's round of the year, with the money; where nothing is raised, what it would be.

    The start year has no round.
    """
    return Observable(
        "round", "USD_bn", theme, (lab,), lambda record: variable(record, lab, "post_money").iloc[:, 1:]
    )


def _compute_spend(record: Record) -> pd.DataFrame:
    spent = variable(record, "openai", "training_spend")
    return spent + variable(record, "openai", "inference_spend")


def _inference_share(record: Record) -> pd.DataFrame:
    """Part of the GW of all labs that answered customers."""
    labs = [name for name in record.firms if record.has(name, "inference_gw")]
    answering = pd.concat([record.variable_or_empty(lab, "inference_gw") for lab in labs])
    used = pd.concat([record.variable_or_empty(lab, "used_gw") for lab in labs])
    return answering.groupby(level=0).sum() / used.groupby(level=0).sum()


MEMBERS = {"Alphabet + Amazon": ("Alphabet", "Amazon")}
"""Firms whose facts are added up, by the name of their sum: where the cast is small the model has them as
one, whose books are those of these two (`other_cloud`)."""
_PAIR = ("google", "amazon")


def _of_pair(record: Record, of: Callable[[str], pd.DataFrame]) -> pd.DataFrame:
    """What is true of Google and Amazon together: of both, or of the one firm that stands for them."""
    firms = _PAIR if _are_there(record, _PAIR) else ("other_cloud",)
    return sum((of(firm) for firm in firms[1:]), of(firms[0]))


def _pair(kind: Kind, theme: str, name: str) -> Observable:
    """A variable of Google and Amazon together, $ bn."""
    return Observable(
        kind, "USD_bn", theme, ("other_cloud",), lambda r: _of_pair(r, lambda firm: variable(r, firm, name))
    )


def _hyperscalers_capex(record: Record) -> pd.DataFrame:
    others = ["microsoft", *(["meta"] if "meta" in record.firms else [])]
    return sum(
        (variable(record, firm, "capex") for firm in others),
        _of_pair(record, lambda firm: variable(record, firm, "capex")),
    )


def _earnings(record: Record, agent: str) -> pd.DataFrame:
    """A cloud's earnings of a year, which its debt over its leverage is: the starts take them from reports.

    So they compare with the operating cash flow that it reports, though that is after interest: the model
    takes interest off later.
    """
    leverage = variable(record, agent, "leverage")
    return variable(record, agent, "debt") / leverage.where(leverage > 0)


def _operating_cash_flow(theme: str, agent: str) -> Observable:
    return Observable("flow", "USD_bn", theme, (agent,), lambda record: _earnings(record, agent))


def _spread(record: Record) -> pd.DataFrame:
    """The spread of BBB bonds in basis points: the model's is that of project loans, half a point above."""
    return record.market_variable("spread") * 10_000 - PROJECTS_ABOVE_BBB


OBSERVABLES: dict[tuple[str, str], Observable] = {
    ("OpenAI", "revenue"): _variable("flow", "USD_bn", "sales", "openai", "revenue"),
    ("OpenAI", "annualised_revenue"): _variable("rate", "USD_bn", "sales", "openai", "revenue"),
    ("OpenAI", "free_cash_flow"): _variable("flow", "USD_bn", "burn", "openai", "burn", -1.0),
    ("OpenAI", "cash_and_securities"): _variable("stock", "USD_bn", "rounds", "openai", "cash"),
    ("OpenAI", "compute_spend_total"): Observable("flow", "USD_bn", "compute", ("openai",), _compute_spend),
    ("OpenAI", "compute_spend_rd"): _variable("flow", "USD_bn", "burn", "openai", "training_spend"),
    ("OpenAI", "compute_spend_inference"): _variable("flow", "USD_bn", "sales", "openai", "inference_spend"),
    ("OpenAI", "compute_spend_microsoft"): _outcome(
        "flow", "USD_bn", "compute", "azure_spending", "openai", "microsoft"
    ),
    ("OpenAI", "compute_capacity_available"): _variable("stock", "GW", "compute", "openai", "capacity_gw"),
    ("OpenAI", "share_of_compute_microsoft"): _outcome(
        "average", "share", "suppliers", "azure_share", "openai", "microsoft"
    ),
    ("OpenAI", "share_of_compute_stargate"): _outcome(
        "average", "share", "suppliers", "stargate_share", "openai"
    ),
    # Facts count what investors signed for, in the month in which they did, paid or not.
    ("OpenAI", "equity_raised"): _variable("events", "USD_bn", "rounds", "openai", "subscribed"),
    ("OpenAI", "post_money_valuation"): _price_of_round("sales", "openai"),
    ("OpenAI", "valuation"): _variable("stock", "USD_bn", "sales", "openai", "valuation"),
    ("Stargate", "capacity_facility_power"): _variable("stock", "GW", "Stargate", "stargate", "gw"),
    ("Stargate", "spending_cumulative"): _outcome("stock", "USD_bn", "Stargate", "stargate_spent"),
    ("Microsoft", "capex_incl_finance_leases"): _variable(
        "flow", "USD_bn", "Microsoft capex", "microsoft", "capex"
    ),
    ("Microsoft", "operating_cash_flow"): _operating_cash_flow("Microsoft cash flow", "microsoft"),
    ("Microsoft", "cash_and_securities"): _variable("stock", "USD_bn", "clouds' cash", "microsoft", "cash"),
    ("Microsoft", "long_term_debt"): _variable("stock", "USD_bn", "Microsoft debt", "microsoft", "debt"),
    ("Oracle", "capex"): _variable("flow", "USD_bn", "Oracle capex", "oracle", "capex"),
    ("Oracle", "operating_cash_flow"): _operating_cash_flow("Oracle cash flow", "oracle"),
    ("Oracle", "cash_and_securities"): _variable("stock", "USD_bn", "clouds' cash", "oracle", "cash"),
    ("Oracle", "debt_total"): _variable("stock", "USD_bn", "Oracle debt", "oracle", "debt"),
    ("Alphabet + Amazon", "capex"): _pair("flow", "hyperscalers", "capex"),
    ("Alphabet + Amazon", "operating_cash_flow"): Observable(
        "flow",
        "USD_bn",
        "other cloud's cash flow",
        ("other_cloud",),
        lambda record: _of_pair(record, lambda firm: _earnings(record, firm)),
    ),
    ("Alphabet + Amazon", "cash_and_securities"): _pair("stock", "clouds' cash", "cash"),
    ("Alphabet + Amazon", "long_term_debt"): _pair("stock", "other cloud's debt", "debt"),
    # Firms of their own where the cast has them: not in `six`.
    ("Meta", "capex_incl_finance_leases"): _variable("flow", "USD_bn", "Meta capex", "meta", "capex"),
    ("Meta", "operating_cash_flow"): _operating_cash_flow("Meta cash flow", "meta"),
    ("Meta", "cash_and_securities"): _variable("stock", "USD_bn", "clouds' cash", "meta", "cash"),
    ("Meta", "long_term_debt"): _variable("stock", "USD_bn", "Meta debt", "meta", "debt"),
    ("CoreWeave", "revenue"): _variable("flow", "USD_bn", "CoreWeave", "coreweave", "lease_income"),
    ("CoreWeave", "capex"): _variable("flow", "USD_bn", "CoreWeave", "coreweave", "capex"),
    ("CoreWeave", "debt_total"): _variable("stock", "USD_bn", "CoreWeave", "coreweave", "debt"),
    ("CoreWeave", "cash_and_securities"): _variable("stock", "USD_bn", "clouds' cash", "coreweave", "cash"),
    ("CoreWeave", "active_power"): _variable("stock", "GW", "CoreWeave", "coreweave", "gw"),
    ("Anthropic", "revenue"): _variable("flow", "USD_bn", "Anthropic", "anthropic", "revenue"),
    ("Anthropic", "annualised_revenue"): _variable("rate", "USD_bn", "Anthropic", "anthropic", "revenue"),
    ("Anthropic", "free_cash_flow"): _variable("flow", "USD_bn", "Anthropic", "anthropic", "burn", -1.0),
    ("Anthropic", "equity_round"): _variable("events", "USD_bn", "Anthropic", "anthropic", "subscribed"),
    ("Anthropic", "post_money_valuation"): _price_of_round("sales", "anthropic"),
    ("xAI", "equity_round"): _variable("events", "USD_bn", "xAI", "xai", "subscribed"),
    ("xAI", "capex"): _variable("flow", "USD_bn", "xAI", "xai", "capex"),
    ("xAI", "post_money_valuation"): _price_of_round("xAI", "xai"),
    ("NVIDIA", "data_center_revenue"): _variable("flow", "USD_bn", "NVIDIA", "nvidia", "revenue"),
    # What it paid, tranche by tranche; the same of the next.
    ("SoftBank", "investment_in_OpenAI"): Observable(
        "events",
        "USD_bn",
        "rounds",
        ("softbank", "openai"),
        lambda record: flow(record, "equity", "softbank", "openai"),
    ),
    ("SoftBank", "investment_in_OpenAI_cumulative"): _outcome(
        "stock", "USD_bn", "rounds", "softbank_in_openai", "softbank", "openai"
    ),
    ("SoftBank", "investment_in_Stargate_cumulative"): _outcome(
        "stock", "USD_bn", "Stargate", "softbank_in_stargate", "softbank"
    ),
    ("SoftBank", "payments_to_OpenAI"): _outcome(
        "flow", "USD_bn", "Japan", "softbank_pays_openai", "softbank", "openai"
    ),
    ("SoftBank", "nav"): _variable("stock", "JPY_tn", "SoftBank", "softbank", "nav", YEN / 1000),
    ("SoftBank", "ltv"): _variable("stock", "share", "SoftBank", "softbank", "ltv"),
    ("Hyperscalers (MSFT GOOGL AMZN META)", "capex_cash"): Observable(
        "growth", "USD_bn", "hyperscalers", ("microsoft", "other_cloud"), _hyperscalers_capex
    ),
    ("Market", "ai_chip_stock_power"): Observable(
        "growth", "GW", "hyperscalers", (), lambda record: record.market_variable("capacity_gw")
    ),
    ("Market", "credit_spread_BBB"): Observable("stock", "basis_points", "spread", (), _spread),
    ("Market", "inference_share_of_compute"): Observable(
        "average", "share", "sales", ("openai",), _inference_share
    ),
}
"""By entity and variable of the facts. Themes go by worlds drawn from the prior, no fact seen: what has
a rank correlation of 0.9 or more there has one theme.

Left out, because the model has no such thing: staff, users, tokens, H100 equivalents, IT power, single
sites, accounting losses, backlogs and yields; ratings, bonds and leases not begun. Left out, because the
model's scope is another: xAI's sales (facts count X's), rents of one chip (a GW is of each year's chips)."""


Observables = Mapping[tuple[str, str], Observable]
"""Observables by entity and variable of the facts."""


def observed(entity: str, variable: str, observables: Observables = OBSERVABLES) -> tuple[str, str]:
    """The entity and the variable of the observables that a row of a facts file is about."""
    for together, members in MEMBERS.items():
        if entity in members and (together, variable) in observables:
            return together, variable
    return entity, variable


def observables_of(config: Config) -> Observables:
    """The observables of the package, and those that a config defines: its own stand for others of a name."""
    return OBSERVABLES | {_key(name): _own(written) for name, written in config.observe.items()}


def _key(name: str) -> tuple[str, str]:
    entity, _, variable = name.partition("/")
    return entity, variable


def _own(written: OwnObservable) -> Observable:
    """A config's own observable, whose names were checked when it was read; it may be negative."""

    def read(record: Record) -> pd.DataFrame:
        return record.outcome_or_empty(written.of)

    return Observable(written.kind, written.unit, written.theme, (), read, signed=True, measure=written.of)
