"""A story in words: the limit of a decision, and the firm behind it."""

from __future__ import annotations

from computeshift.experiments.questions.explain.story import Number, Sentence


def limit(firm: str, decision: str, name: str, value: float) -> Number:
    cell = {"table": "decisions", "column": "amount", "firm": firm, "decision": decision, "limit": name}
    return Number(value, "GW", cell)


def test_a_decision_names_its_limit_and_the_firm_behind_it() -> None:
    own = (limit("stargate", "sites", "orders", 5.0), limit("stargate", "sites", "builder", 2.0))
    behind = (limit("oracle", "sites", "crews", 2.0), limit("oracle", "sites", "money", 9.0))
    alone = Sentence("decided", "decision", "stargate", own, "builder")
    assert alone.text.startswith("Green fields begun: 2.00 GW, limited by ")
    assert alone.text.endswith("(other limits: orders 5.00 GW).")
    text = Sentence("decided", "decision", "stargate", own, "builder", behind).text
    assert text.startswith(alone.text)
    assert " Behind that is Oracle: " in text
    assert text.endswith("limited by its crews, or its builder's (money 9.00 GW).")
    mine = Sentence("decided", "decision", "oracle", own, "builder", behind).text
    assert " Behind that is its own decision: " in mine


def test_a_limit_that_is_the_wish_is_no_limit() -> None:
    own = (limit("stargate", "sites", "orders", 2.0), limit("stargate", "sites", "builder", 5.0))
    text = Sentence("decided", "decision", "stargate", own, "orders").text
    assert ", limited by " in text  # orders are another firm's wish
    wish = (limit("stargate", "sites", "demand", 2.0),)
    assert "as wanted: " in Sentence("decided", "decision", "stargate", wish, "demand").text


def test_flows_name_the_other_end_and_what_money_is_for() -> None:
    cell = {"source": "openai", "target": "oracle", "kind": "chips_payment"}
    paid = Number(3.0, "$ bn", cell)
    assert Sentence("flows", "money_in", "oracle", (paid,)).text == (
        "It received from OpenAI (chips payment) $3.00 bn."
    )
    assert (
        Sentence("flows", "money_out", "openai", (paid,)).text == "It paid Oracle (chips payment) $3.00 bn."
    )
    leased = Number(1.5, "GW", cell | {"kind": "capacity"})
    assert (
        Sentence("flows", "compute_out", "openai", (leased,)).text == "It leased compute to Oracle 1.50 GW."
    )


def test_a_year_without_shocks_says_so() -> None:
    assert Sentence("saw", "news", "oracle").text == "There was no shock."


def test_a_deal_says_what_happened_to_it() -> None:
    labels = {"deal": "abilene", "origin": "config", "kind": "capacity", "site": "oracle", "target": "openai"}

    def number(column: str, value: float) -> Number:
        return Number(value, "$ bn", {"table": "deals", "column": column, **labels})

    told = Sentence(
        "flows", "deal", "openai", (number("paid", 4.0), number("cut", 1.5), number("left", 20.0))
    )
    assert told.text == "Deal abilene: $4.00 bn paid, $1.50 bn given up, $20.0 bn left."
    broken = Sentence("flows", "deal", "openai", (number("cut", 20.0),))
    assert broken.text == "Deal abilene: $20.0 bn given up, nothing is left."
