"""Named outcomes: what a question can ask of a world. Each is a table of worlds by years.

A firm that an outcome names is the one that the record's `cast` knows for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.docstrings import docstring
from computeshift.experiments.config.expression import ExpressionError, dated, is_name, parse, when
from computeshift.experiments.config.own import OwnOutcome, of_expression
from computeshift.experiments.errors import UserError, instead

if TYPE_CHECKING:
    import pandas as pd

    from computeshift.experiments.config.config import Config
    from computeshift.experiments.results.record import Record

Measure = Callable[["Record"], "pd.DataFrame"]


@dataclass(frozen=True)
class Outcome:
    """An outcome: its unit, what it means, and how it is read off a record (worlds x years).

    `text` is its expression, empty for one that comes with the package. `when` is the time at which it has
    one number per world, such as `by 2028`; it is empty for an outcome of every year.
    """

    name: str
    unit: str
    doc: str
    of: Measure
    text: str = ""
    when: str = ""

    @property
    def key(self) -> str:
        """What a record knows it by, whoever defined it."""
        return self.text or self.name

    def year(self, years: Sequence[int], by: int | None = None) -> int:
        """The year whose number is asked for: its own, or `by`, or the last of `years`."""
        own = self.when.removeprefix("in ").removeprefix("by ")
        return int(own) if own.isdecimal() else years[-1] if self.when or by is None else by


OUTCOMES: dict[str, Outcome] = {}


def outcome(unit: str) -> Callable[[Measure], Measure]:
    """Register a function as the outcome of its name; its docstring's first line is the meaning."""

    def register(of: Measure) -> Measure:
        name = of.__name__
        OUTCOMES[name] = Outcome(name, unit, docstring(of).partition("\n")[0], of)
        return of

    return register


def outcome_of(text: str, cast: Cast, own: Mapping[str, OwnOutcome], start: int | None = None) -> Outcome:
    """The outcome of a name, shipped or a config's own, or of an expression over a market of this cast.

    UserError, with the nearest name, if there is none.

    >>> outcome_of("oracle.debt in 2028", Cast({"oracle": "oracle"}), {}).when
    'in 2028'
    """
    if text in OUTCOMES:
        return OUTCOMES[text]
    if text in own:
        return own_outcome(text, own[text])
    if is_name(text):
        raise UserError(f"there is no outcome {text!r}; {instead(text, [*OUTCOMES, *own])}")
    try:
        written = of_expression(text, cast, own, start)
    except ExpressionError as error:
        raise UserError(f"{text!r}: {error.wrong}; {error.right}") from None
    return own_outcome(written.of, written)


def own_outcomes(*configs: Config) -> dict[str, Outcome]:
    """The outcomes that configs define. UserError if two define one name differently."""
    known: dict[str, Outcome] = {}
    for config in configs:
        for name, written in config.outcomes.items():
            if name in known and known[name].text != written.of:
                wrong = f"the outcome {name} of {config.label} is {written.of}, of another {known[name].text}"
                raise UserError(f"{wrong}: rename one of them")
            known.setdefault(name, own_outcome(name, written))
    return known


def own_outcome(name: str, written: OwnOutcome) -> Outcome:
    """A config's own outcome."""
    how, year = when(tree) if dated(tree := parse(written.of)) else ("", None)
    time = how if year is None else f"{how} {year}"

    def of(record: Record) -> pd.DataFrame:
        return record.outcome_or_empty(written.of)

    return Outcome(name, written.unit, written.meaning, of, written.of, time)


def flow(record: Record, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
    """What flowed between the firms that stand for these; zero where this market has no such firm."""
    ends = (end and record.cast.firm(end) for end in (source, target))
    return record.flow_or_zero(kind, *ends)


def variable(record: Record, firm: str, name: str) -> pd.DataFrame:
    """A variable of the firm that stands for this one; no rows where this market has no such firm."""
    return record.variable_or_empty(record.cast.firm(firm), name)


def share(record: Record, supplier: str) -> pd.DataFrame:
    """The part of the GW OpenAI used in the year that came through one supplier."""
    total = flow(record, "capacity", target="openai")
    return flow(record, "capacity", supplier, "openai") / total.where(total > 0)


def _partners(record: Record, firm: str) -> bool:
    """Whether the firm that stands for this one has OpenAI as its partner: its trust, and its first stake."""
    cast = record.cast
    return cast.partner(cast.firm(firm), "openai") == cast.firm("openai")


@outcome("share")
def stargate_share(record: Record) -> pd.DataFrame:
    """Part of the GW OpenAI used in the year that came through Stargate."""
    return share(record, "stargate")


@outcome("share")
def azure_share(record: Record) -> pd.DataFrame:
    """Part of the GW OpenAI used in the year that came through Microsoft."""
    return share(record, "microsoft")


@outcome("share")
def oracle_share(record: Record) -> pd.DataFrame:
    """Part of the GW OpenAI used in the year that came through Oracle, outside Stargate."""
    return share(record, "oracle")


@outcome("share")
def own_share(record: Record) -> pd.DataFrame:
    """Part of the GW OpenAI used in the year that came from its own sites."""
    return share(record, "openai")


@outcome("share")
def other_cloud_share(record: Record) -> pd.DataFrame:
    """Part of the GW OpenAI used in the year that came through any other cloud."""
    named = [record.cast.firm(name) for name in ("stargate", "microsoft", "oracle", "openai")]
    lab, total = record.cast.firm("openai"), flow(record, "capacity", target="openai")
    others = [
        source
        for source, target, kind in record.ties()
        if kind == "capacity" and target == lab and source not in named
    ]
    supplied = sum((record.flow_or_zero("capacity", other, lab) for other in others), 0 * total)
    return supplied / total.where(total > 0)


@outcome("GW")
def openai_compute(record: Record) -> pd.DataFrame:
    """Compute OpenAI was served, from all suppliers, mean of the year."""
    return variable(record, "openai", "used_gw")


@outcome("GW")
def served_compute(record: Record) -> pd.DataFrame:
    """Compute all labs were served, mean of the year."""
    return record.market_variable("served_gw")


@outcome("share")
def openai_unserved(record: Record) -> pd.DataFrame:
    """Part of its customers' demand that OpenAI could not serve in the year."""
    return variable(record, "openai", "unserved_share")


@outcome("share")
def trust(record: Record) -> pd.DataFrame:
    """Trust between Microsoft and OpenAI at the end of the year."""
    known = variable(record, "microsoft", "trust")
    return known if _partners(record, "microsoft") else known.iloc[:0]


@outcome("$ bn")
def ai_capex(record: Record) -> pd.DataFrame:
    """What all suppliers spent on building AI capacity in the year."""
    return record.market_variable("ai_capex")


@outcome("GW")
def ai_capacity(record: Record) -> pd.DataFrame:
    """AI capacity of all suppliers on line at the end of the year."""
    return record.market_variable("capacity_gw")


@outcome("$ bn per GW-year")
def compute_price(record: Record) -> pd.DataFrame:
    """The market's price of AI capacity in the year."""
    return record.market_variable("rent")


@outcome("$ bn")
def azure_spending(record: Record) -> pd.DataFrame:
    """What OpenAI paid Microsoft for capacity in the year."""
    return flow(record, "lease", "openai", "microsoft")


@outcome("$ bn")
def openai_burn(record: Record) -> pd.DataFrame:
    """What OpenAI's operations cost beyond its revenue in the year."""
    return variable(record, "openai", "burn")


@outcome("$ bn")
def openai_revenue(record: Record) -> pd.DataFrame:
    """What customers paid OpenAI in the year."""
    return variable(record, "openai", "revenue")


@outcome("$ bn")
def openai_valuation(record: Record) -> pd.DataFrame:
    """What OpenAI's equity is worth at the end of the year, at its last mark."""
    return variable(record, "openai", "valuation")


@outcome("$ bn")
def openai_raised(record: Record) -> pd.DataFrame:
    """Equity that was paid into OpenAI from the start on."""
    return variable(record, "openai", "raised").cumsum(axis=1)


@outcome("$ bn")
def inference_minus_training(record: Record) -> pd.DataFrame:
    """OpenAI's spending on inference less that on training in the year."""
    spent = variable(record, "openai", "inference_spend")
    return spent - variable(record, "openai", "training_spend")


@outcome("$ bn")
def softbank_in_openai(record: Record) -> pd.DataFrame:
    """What SoftBank has paid into OpenAI, all years, those before the start included."""
    paid = flow(record, "equity", "softbank", "openai").cumsum(axis=1)
    if not record.has(record.cast.firm("softbank"), "bet_paid") or not _partners(record, "softbank"):
        return paid  # what it had paid before the start, it had paid into its partner
    bets = variable(record, "softbank", "bet_paid") - flow(record, "equity", "softbank")
    before = bets.iloc[:, 0]
    return paid.add(before, axis=0)


@outcome("$ bn")
def microsoft_in_openai(record: Record) -> pd.DataFrame:
    """What Microsoft has paid into OpenAI from the start on."""
    return flow(record, "equity", "microsoft", "openai").cumsum(axis=1)


@outcome("$ bn")
def softbank_in_stargate(record: Record) -> pd.DataFrame:
    """What SoftBank has paid into Stargate from the start on."""
    return flow(record, "equity", "softbank", "stargate").cumsum(axis=1)


@outcome("$ bn")
def stargate_spent(record: Record) -> pd.DataFrame:
    """What Stargate and its operator have spent on building it from the start on."""
    return variable(record, "stargate", "capex").cumsum(axis=1)


@outcome("GW")
def stargate_capacity(record: Record) -> pd.DataFrame:
    """Capacity of Stargate on line at the end of the year."""
    return variable(record, "stargate", "gw")


@outcome("share")
def softbank_ltv(record: Record) -> pd.DataFrame:
    """SoftBank's loan to value at the end of the year, before forced sales."""
    return variable(record, "softbank", "ltv")


@outcome("$ bn")
def softbank_nav(record: Record) -> pd.DataFrame:
    """SoftBank's net asset value at the end of the year."""
    return variable(record, "softbank", "nav")


@outcome("ratio")
def oracle_leverage(record: Record) -> pd.DataFrame:
    """Oracle's debt over a year's earnings at the end of the year."""
    return variable(record, "oracle", "leverage")


@outcome("$ bn")
def softbank_pays_openai(record: Record) -> pd.DataFrame:
    """What SoftBank's group paid OpenAI for its services in the year."""
    return flow(record, "revenue", "softbank", "openai")


@outcome("$ bn")
def ai_capacity_spending(record: Record) -> pd.DataFrame:
    """What everybody has paid for the use of AI capacity from the start on."""
    return record.market_variable("ai_lease_spending").cumsum(axis=1)


@outcome("0/1")
def softbank_unwound(record: Record) -> pd.DataFrame:
    """SoftBank is above its loan-to-value limit for normal times, or its bet is worth under half its cost."""
    paid = variable(record, "softbank", "bet_paid")
    lost = variable(record, "softbank", "bet_value") < paid / 2
    breached = variable(record, "softbank", "breached")
    return (lost | (breached > 0)).astype(float).where(breached.notna())
