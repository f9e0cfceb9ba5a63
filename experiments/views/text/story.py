"""A story in words: each sentence says what its numbers are, which `questions.explain.story` read."""

from __future__ import annotations

from computeshift.environment.decisions import limit_meaning, limit_name, meaning
from computeshift.environment.ledger import MONEY
from computeshift.environment.shocks import SHOCKS
from computeshift.experiments.config.names import capitalised, named, possessive
from computeshift.experiments.questions.explain.binding import CONTENT
from computeshift.experiments.questions.explain.story import Number, Sentence
from computeshift.experiments.results.deals import CAPACITY, GIVEN
from computeshift.experiments.views.format import quantity

_VARIABLES = {
    "revenue": "revenue",
    "expected_growth": "expected growth (log)",
    "valuation": "valuation",
    "trust": "trust",
    "burn": "cash burn",
    "used_gw": "compute used",
    "unserved_share": "demand it could not serve",
    "gw": "capacity",
    "pipeline_gw": "sites under construction",
    "capex": "capital spending",
    "raised": "equity raised",
    "invested": "equity invested in other firms",
    "backlog": "backlog",
    "commitments": "commitments",
    "deferred": "payments deferred",
    "price_cuts": "price cuts by its suppliers",
    "given_back": "compute given back",
    "acquired": "share of it sold to other firms because it could not pay",
    "cash": "cash",
    "debt": "debt",
    "interest_rate": "interest rate",
    "ltv": "loan to value",
    "holdings": "other holdings",
    "nav": "net asset value",
    "breached": "loan-to-value limit exceeded:",
    "default_degree": "unpaid share of what it owed",
    "defaulted": "in default:",
}
_CAUSES = {
    "rating_leverage": "debt relative to cash flow",
    "rating_burn": "cash burn",
    "rating_tenants": "its tenants' ratings",
    "rating_unpaid": "unpaid bills",
}
_BOOKS = {"before": "End of last year:", "after": "End of the year:"}
_FLOWS = {
    "money_in": ("Money in:", "source"),
    "money_out": ("Money out:", "target"),
    "compute_in": ("Compute leased from", "source"),
    "compute_out": ("Compute leased to", "target"),
}
"""How a sentence about flows begins, and which end of a flow is the other firm."""
_KINDS = {
    "acquisition": "shares bought because it could not pay",
    "capex": "construction",
    "capital_call": "capital from owners",
    "chips_payment": "chips",
    "debt": "new loans",
    "dividend": "dividends",
    "exit_fee": "refunds and exit fees",
    "funding": "lenders' own funding",
    "lease": "compute leases",
    "opex": "operating costs",
    "proceeds": "sale of holdings",
    "repayment": "loan repayments",
    "rescue": "rescue equity",
    "share_issue": "new shares",
}
"""What money is for, where the name of its kind does not say it."""
_OUTSIDE = "outside"
_WISHES = {
    "wanted": ("as planned", "of {} planned"),
    "demand": ("all it expected to need", "of {} it expected to need"),
    "customers": ("all that customers asked for", "of {} that customers asked for"),
    "orders": ("all that labs ordered", "of {} that labs ordered"),
    "need": ("all that was needed", "of {} needed"),
    "asked": ("all it asked for", "of {} it asked for"),
    "owed": ("all it owed", "of {} owed"),
    "pledge": ("its full share of the round", "of its {} share of the round"),
    "ordered": ("all it had on order", "of {} on order"),
    "held": ("all it could leave", "of {} it could leave"),
}
"""What was wanted: in words where it was done in full, and where it was not."""
_DEAL = {
    "signed": "{} newly signed",
    "paid": "{} paid",
    "cut": "{} cancelled",
    "deferred": "{} deferred to next year",
    "left": "{} still due",
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
    mood, spread, depth, asked, cost, rent = map(number, of.numbers)
    return (
        f"Investors' mood was {mood} (1 = end of 2024). Credit cost {spread} above the base rate. "
        f"Outside investors had {depth} for shares and were asked for {asked}. "
        f"Building cost {cost}; compute rented for {rent} at the end of the year."
    )


def _news(of: Sentence) -> str:
    if not of.numbers:
        return "No shock."
    (size,) = of.numbers
    kind = size.cell["column"].removeprefix("news_")
    return f"Shock: {named(kind)}, {number(size)} ({SHOCKS[kind].doc})."


def _books(of: Sentence) -> str:
    listed = ", ".join(f"{_VARIABLES[n.cell['column']]} {number(n)}" for n in of.numbers)
    return f"{_BOOKS[of.topic]} {listed}."


def _rating(of: Sentence) -> str:
    """Its rating, the one of the year before, and what moved it most."""
    now, before = number(of.own[0]), [f"; a year earlier {number(n)}" for n in of.own[1:]]
    text = f"Rating: {now}{''.join(before)}."
    if not of.behind:
        return text
    cause, *past = of.behind
    moved = f"{number(cause)} since the start" + "".join(f" (a year earlier: {number(n)})" for n in past)
    why = f"What moved it most: {_CAUSES[cause.cell['column']]}, by {moved}"
    return f"{text} {why}; minus means a better rating."


def _flows(of: Sentence) -> str:
    opening, other = _FLOWS[of.topic]
    return f"{opening} {', '.join(_flow(n, of, other) for n in of.numbers)}."


def _flow(flow: Number, of: Sentence, other: str) -> str:
    """What it is for if it is money, the firm at the other end, and how much."""
    party = flow.cell[other]
    whom = "itself" if party == of.firm else named(party)
    if flow.unit != MONEY:
        return f"{whom} {number(flow)}"
    earned, name = other == "source", flow.cell["kind"]
    kind = "purchases" if name == "revenue" and not earned else _KINDS.get(name, name.replace("_", " "))
    if party == _OUTSIDE:
        return f"{kind} {number(flow)}"
    return f"{kind} {'from' if earned or kind == 'purchases' else 'to'} {whom} {number(flow)}"


def _deal(of: Sentence) -> str:
    """What happened to a deal in the year, and what is left of it."""
    told = ", ".join(_DEAL[n.cell["column"]].format(number(n)) for n in of.numbers)
    done = ", nothing still due" if of.numbers[-1].cell["column"] != "left" else ""
    return f"{_called(of.numbers[0].cell)}: {told}{done}."


def _called(deal: dict[str, str]) -> str:
    """What a deal is called: by its own name, or by its parties where they signed it in the run."""
    if deal["origin"] == GIVEN:
        return f"Deal {capitalised(named(deal['deal']))}"
    kind = "Contracts" if deal["kind"] == CAPACITY else capitalised(named(deal["kind"]))
    return f"{kind}, {named(deal['site'])} to {named(deal['target'])}"


def _decision(of: Sentence) -> str:
    """The amount of a decision and of what was wanted, the limit that decided, and the next limits."""
    limits = {n.cell["limit"]: n for n in of.own}
    decision, wanted = of.own[0].cell["decision"], of.own[0].cell["limit"]
    if decision == "bargain":
        return _bargain(limits["own_gain"], limits["partners_gain"])
    text = f"{capitalised(named(meaning(decision)))}: {_amount(limits[of.bound], of.own[0])}"
    others = sorted(
        (n for limit, n in limits.items() if limit not in (of.bound, wanted)), key=lambda n: n.value
    )
    listed = ", ".join(f"{limit_name(n.cell['limit'])} at {number(n)}" for n in others)
    after = f"{'Next limit' if len(others) == 1 else 'Next limits'}: {listed}." if others else ""
    held = "" if of.bound in CONTENT else f"Limit: {limit_meaning(of.bound)}."
    return " ".join(part for part in (f"{text}.", held, _behind(of), after) if part)


def _bargain(own: Number, partners: Number) -> str:
    """What new terms of a partnership would bring both sides, and what that means for them."""
    gain = f"New partnership terms would bring it {number(own)} of a year's compute bill"
    both = min(own.value, partners.value) > 0
    means = "Both would gain, so they may agree." if both else "Both must gain before terms change."
    return f"{gain}, and its partner {number(partners)}. {means}"


def _amount(done: Number, wanted: Number) -> str:
    """How much was decided, of how much that was wanted.

    Where the first limit is no wish, such as a debt policy, it stands in brackets.
    """
    wish = wanted.cell["limit"]
    if wish not in _WISHES:
        beside = f" ({limit_name(wish)}: {number(wanted)})" if wanted.cell != done.cell else ""
        return f"{number(done)}{beside}"
    in_full, of_it = _WISHES[wish]
    if done.cell["limit"] == wish:
        return f"{number(done)}, {in_full}"
    return f"{number(done)} {of_it.format(number(wanted))}"


def _behind(of: Sentence) -> str:
    """The decision of another, or another of its own, that is behind that limit."""
    if not of.behind:
        return ""
    last, *wanted = of.behind
    owner, decision, limit = (last.cell[name] for name in ("firm", "decision", "limit"))
    whose = "its own" if owner == of.firm else possessive(named(owner))
    amount = _amount(last, wanted[0] if wanted else last)
    return f"Behind it: {whose} {named(meaning(decision))}, {amount}; limit: {limit_meaning(limit)}."


def number(of: Number) -> str:
    """A number of a story with its unit."""
    return quantity(of.value, of.unit)
