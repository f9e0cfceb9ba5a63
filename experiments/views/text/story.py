"""A story in words: each sentence says what its numbers are, which `questions.explain.story` read."""

from __future__ import annotations

from computeshift.environment.decisions import LIMITS, meaning
from computeshift.environment.ledger import MONEY
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.names import capitalised, named
from computeshift.experiments.questions.explain.binding import CONTENT
from computeshift.experiments.questions.explain.story import Number, Sentence
from computeshift.experiments.views.format import quantity
from computeshift.experiments.views.text.deals import label

_VARIABLES = {
    "revenue": "revenue",
    "expected_growth": "expected growth",
    "valuation": "valuation",
    "trust": "trust",
    "burn": "burn",
    "used_gw": "compute used",
    "unserved_share": "demand unserved",
    "gw": "capacity",
    "pipeline_gw": "sites under way",
    "capex": "capital spending",
    "raised": "equity raised",
    "invested": "equity paid into others",
    "backlog": "backlog",
    "commitments": "commitments",
    "deferred": "dues put off",
    "price_cuts": "dues that suppliers let go",
    "given_back": "compute given back",
    "acquired": "part of it that firms bought as it could not pay",
    "cash": "cash",
    "debt": "debt",
    "interest_rate": "interest",
    "ltv": "loan to value",
    "holdings": "other holdings",
    "nav": "net asset value",
    "breached": "limit for normal times breached",
    "default_degree": "dues unpaid",
    "defaulted": "default",
}
_CAUSES = {
    "rating_leverage": "debt over cash flow",
    "rating_burn": "what it spends beyond what it earns",
    "rating_tenants": "ratings of its tenants",
    "rating_unpaid": "dues that it left unpaid",
}
_BOOKS = {"before": "At the end of the year before:", "after": "At the end of the year:"}
_FLOWS = {
    "money_in": ("It received from", "source"),
    "money_out": ("It paid", "target"),
    "compute_in": ("It leased compute from", "source"),
    "compute_out": ("It leased compute to", "target"),
}
"""How a sentence about flows begins, and which end of a flow is the other firm."""
_DEAL = {
    "signed": "{} more committed",
    "paid": "{} paid",
    "cut": "{} given up",
    "deferred": "{} put off to the next year",
    "left": "{} left",
}
"""What happened to a deal."""


def sentence(of: Sentence) -> str:
    """One sentence of a story."""
    if of.topic == "mood":
        return _mood(of)
    if of.topic == "news":
        return _news(of)
    if of.topic == "decision":
        return _decision(of)
    if of.topic == "deal":
        return _deal(of)
    if of.topic == "rating":
        return _rating(of)
    return _books(of) if of.topic in _BOOKS else _flows(of)


def _mood(of: Sentence) -> str:
    mood, spread, cost, rent = map(number, of.numbers)
    return (
        f"The market's mood was {mood}; credit cost {spread} above the base rate. "
        f"Building cost {cost}; rent at the year's end was {rent}."
    )


def _news(of: Sentence) -> str:
    if not of.numbers:
        return "There was no shock."
    (size,) = of.numbers
    shock = SHOCKS[size.cell["column"].removeprefix("news_")]
    return f"News: {shock.doc} ({number(size)})."


def _books(of: Sentence) -> str:
    listed = ", ".join(f"{_VARIABLES[n.cell['column']]} {number(n)}" for n in of.numbers)
    return f"{_BOOKS[of.topic]} {listed}."


def _rating(of: Sentence) -> str:
    """Its rating, the one of the year before, and what moved it most."""
    now, before = number(of.own[0]), [f", {number(n)} the year before" for n in of.own[1:]]
    text = f"It was rated {now}{''.join(before)}"
    if not of.behind:
        return f"{text}."
    cause, *past = of.behind
    moved = f"{number(cause)} since the start" + "".join(f", {number(n)} the year before" for n in past)
    return f"{text}; what moved it most was {_CAUSES[cause.cell['column']]}: {moved}."


def _flows(of: Sentence) -> str:
    opening, other = _FLOWS[of.topic]
    return f"{opening} {', '.join(_flow(n, other) for n in of.numbers)}."


def _flow(flow: Number, other: str) -> str:
    """The firm at the other end, for what if it is money, and how much."""
    kind = f" ({flow.cell['kind'].replace('_', ' ')})" if flow.unit == MONEY else ""
    return f"{named(flow.cell[other])}{kind} {number(flow)}"


def _deal(of: Sentence) -> str:
    """What happened to a deal in the year, and what is left of it."""
    deal = of.numbers[0].cell
    told = ", ".join(_DEAL[n.cell["column"]].format(number(n)) for n in of.numbers)
    broken = ", nothing is left" if of.numbers[-1].cell["column"] != "left" else ""
    return f"Deal {named(label(deal))}: {told}{broken}."


def _decision(of: Sentence) -> str:
    """The amount of a decision, the limit that decided it, and what the other limits would have allowed."""
    decision = of.numbers[0].cell["decision"]
    limits = {n.cell["limit"]: n for n in of.own}
    others = [f"{named(limit)} {number(n)}" for limit, n in limits.items() if limit != of.bound]
    held = "as wanted:" if of.bound in CONTENT else "limited by"
    text = f"{capitalised(named(meaning(decision)))}: {number(limits[of.bound])}, {held} {LIMITS[of.bound]}"
    text += f" (other limits: {', '.join(others)})." if others else "."
    return text + (_behind(of) if of.behind else "")


def _behind(of: Sentence) -> str:
    """The decision of another, or another of its own, that is behind that limit."""
    last, *wanted = of.behind
    owner, decision, limit = (last.cell[name] for name in ("firm", "decision", "limit"))
    whose = "its own decision" if owner == of.firm else named(owner)
    text = f" Behind that is {whose}: {named(meaning(decision))}, {number(last)}"
    text += f", limited by {LIMITS[limit]}"
    return text + "".join(f" ({named(n.cell['limit'])} {number(n)})" for n in wanted) + "."


def number(of: Number) -> str:
    """A number of a story with its unit."""
    return quantity(of.value, of.unit)
