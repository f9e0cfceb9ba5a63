"""A story in words: the limit of a decision, and the firm behind it."""

from __future__ import annotations

from computeshift.experiments.questions.explain.story import Number, Sentence


def limit(firm: str, decision: str, name: str, value: float) -> Number:
    cell = {"table": "decisions", "column": "amount", "firm": firm, "decision": decision, "limit": name}
    return Number(value, "GW", cell)


def test_a_decision_names_its_limit_and_the_firm_behind_it() -> None:
    own = (limit("stargate", "sites", "orders", 5.0), limit("stargate", "sites", "builder", 2.0))
    behind = (limit("oracle", "sites", "crews", 2.0), limit("oracle", "sites", "demand", 9.0))
    alone = Sentence("decided", "decision", "stargate", own, "builder")
    assert (
        alone.text
        == "New sites started: 2.00 GW of 5.00 GW that labs ordered. Limit: what its builder can finance."
    )
    text = Sentence("decided", "decision", "stargate", own, "builder", behind).text
    assert text == (
        f"{alone.text} Behind it: Oracle's new sites started, 2.00 GW of 9.00 GW it expected to need; "
        "limit: construction crews, its own or its builder's."
    )
    mine = Sentence("decided", "decision", "oracle", own, "builder", behind).text
    assert " Behind it: its own new sites started, " in mine


def test_a_limit_that_is_the_wish_is_no_limit() -> None:
    own = (limit("stargate", "sites", "orders", 2.0), limit("stargate", "sites", "builder", 5.0))
    text = Sentence("decided", "decision", "stargate", own, "orders").text
    assert text == (
        "New sites started: 2.00 GW, all that labs ordered. Limit: what labs have under contract and "
        "on order. Next limit: builder's finances at 5.00 GW."  # orders are another firm's wish
    )
    wish = (limit("stargate", "sites", "demand", 2.0),)
    assert Sentence("decided", "decision", "stargate", wish, "demand").text == (
        "New sites started: 2.00 GW, all it expected to need."
    )


def test_a_first_limit_that_is_no_wish_stands_in_brackets() -> None:
    own = (
        limit("oracle", "debt_ceiling", "debt_limit", 3.0),
        limit("oracle", "debt_ceiling", "credit_cost", 2.0),
    )
    assert Sentence("decided", "decision", "oracle", own, "credit_cost").text.endswith(
        ": 2.00 GW (own debt policy: 3.00 GW). Limit: today's interest rate lowers its debt limit."
    )


def test_a_bargain_says_what_both_sides_would_gain() -> None:
    def told(own: float, partners: float) -> str:
        gains = (
            Number(gain, "share", limit("openai", "bargain", name, gain).cell)
            for name, gain in (("own_gain", own), ("partners_gain", partners))
        )
        return Sentence("decided", "decision", "openai", tuple(gains), "partners_gain").text

    told_of = "New partnership terms would bring it 0.4% of a year's compute bill, and its partner"
    assert told(0.004, -0.003) == f"{told_of} -0.3%. Both must gain before terms change."
    assert told(0.004, 0.003) == f"{told_of} 0.3%. Both would gain, so they may agree."


def test_next_limits_stand_in_order() -> None:
    own = tuple(
        limit("oracle", "sites", name, gw) for name, gw in (("demand", 1.0), ("crews", 9.0), ("power", 2.0))
    )
    assert Sentence("decided", "decision", "oracle", own, "demand").text.endswith(
        "Next limits: grid connections at 2.00 GW, construction crews at 9.00 GW."
    )


def test_flows_name_the_other_end_and_what_money_is_for() -> None:
    cell = {"source": "openai", "target": "oracle", "kind": "chips_payment"}
    paid = Number(3.0, "$ bn", cell)
    assert Sentence("flows", "money_in", "oracle", (paid,)).text == ("Money in: chips from OpenAI $3.00 bn.")
    assert Sentence("flows", "money_out", "openai", (paid,)).text == "Money out: chips to Oracle $3.00 bn."
    leased = Number(1.5, "GW", cell | {"kind": "capacity"})
    assert Sentence("flows", "compute_out", "openai", (leased,)).text == "Compute leased to Oracle 1.50 GW."


def test_a_year_without_shocks_says_so() -> None:
    assert Sentence("saw", "news", "oracle").text == "No shock."


def test_a_deal_says_what_happened_to_it() -> None:
    labels = {"deal": "abilene", "origin": "config", "kind": "capacity", "site": "oracle", "target": "openai"}

    def number(column: str, value: float) -> Number:
        return Number(value, "$ bn", {"table": "deals", "column": column, **labels})

    told = Sentence(
        "flows", "deal", "openai", (number("paid", 4.0), number("cut", 1.5), number("left", 20.0))
    )
    assert told.text == "Deal Abilene: $4.00 bn paid, $1.50 bn cancelled, $20.0 bn still due."
    broken = Sentence("flows", "deal", "openai", (number("cut", 20.0),))
    assert broken.text == "Deal Abilene: $20.0 bn cancelled, nothing still due."
