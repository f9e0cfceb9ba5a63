"""`deals`: what it says of a hand-made web is what one reads off it; of worlds, what their table has."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import computeshift as cs
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.deals.deals import Deals, answer
from computeshift.experiments.questions.deals.rings import around
from computeshift.experiments.questions.deals.wide import COMPUTE, PAID, Wide
from computeshift.experiments.results.deals import LoggedDeal
from computeshift.experiments.views.format import money

CONFIG = """\
extends: circular_money
deals:
  abilene: {kind: capacity, from: oracle, to: openai, signed: 2025, first: 2026, last: 2032, gw: 2, price: 12}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> cs.Results:
    folder = tmp_path_factory.mktemp("deals")
    (folder / "mine.yaml").write_text(CONFIG, encoding="utf-8")
    return cs.run(folder / "mine.yaml", worlds=12, set={"until": 2027}, out=folder / "run", keep="flows")


@pytest.fixture(scope="module")
def asked(results: cs.Results) -> Deals:
    return cs.deals(results, year=2027)


def written(paid: dict[tuple[str, str], float], left: dict[str, float]) -> pd.DataFrame:
    """Two equal worlds of one year: what firms paid each other, and what is left under deals."""
    columns: dict[tuple[str, int, str, str], list[float]] = {}
    for pair, amount in paid.items():
        columns[PAID, 2030, *pair] = [amount, amount]
    for name, amount in left.items():
        for number in ("signed", "left", "paid", "cut", "deferred", "due", "gw", "delivered", "price"):
            known = {"signed": amount, "left": amount, "delivered": 1.0}.get(number, 0.0)
            columns[number, 2030, name, ""] = [known, known]
    columns[COMPUTE, 2030, "lab", ""] = [4.0, 4.0]
    return pd.DataFrame(columns)


def told(paid: dict[tuple[str, str], float], left: dict[str, float]) -> Deals:
    deals = {
        "hall": LoggedDeal("hall", "capacity", "cloud", "lab", "cloud", "config"),
        "other": LoggedDeal("other", "capacity", "cloud", "rival", "cloud", "run"),
        "stake": LoggedDeal("stake", "equity", "maker", "lab", "maker", "config"),
        "bonds": LoggedDeal("bonds", "notes", "maker", "cloud", "maker", "config"),
    }
    known = {name: deal for name, deal in deals.items() if name in left}
    return answer("written", Wide(written(paid, left)), known, {}, [2030], 2030)


def test_a_ring_closes_by_what_is_committed_and_names_its_deals() -> None:
    paid = {("cloud", "maker"): 30.0, ("maker", "lab"): 5.0, ("rival", "cloud"): 1.0}
    (ring,) = told(paid, {"hall": 60.0, "stake": 20.0}).rings.to_dict("records")
    assert ring["ring"] == "cloud > maker > lab > cloud"
    assert (ring["p50"], ring["paid"]) == (25.0, 0.0)  # 5 paid and 20 committed by the maker, 30, 60
    assert ring["deals"] == "stake; hall"
    assert told(paid, {"stake": 20.0}).rings.empty


def test_notes_close_no_ring() -> None:
    told_of = told({("maker", "cloud"): 5.0}, {"bonds": 60.0})
    assert told_of.rings.empty
    assert told_of.payments["committed"].tolist() == [0.0]


def test_a_loan_and_its_repayment_are_no_ring(asked: Deals, results: cs.Results) -> None:
    lenders = {"banks", "bond_buyers", "private_credit"}
    assert lenders <= {payee for _, payee, kind in results.ties() if kind == "interest"}
    assert lenders.isdisjoint([*asked.payments["payer"], *asked.payments["payee"]])
    assert not any(set(ring.split(" > ")) & lenders for ring in asked.rings["ring"])


def test_who_depends_on_a_deal() -> None:
    made = told({("lab", "cloud"): 9.0}, {"hall": 60.0, "other": 20.0, "stake": 20.0})
    parts = made.depends.set_index(["deal", "firm", "measure"])["p50"]
    assert parts["hall", "cloud", "backlog"] == 0.75
    assert parts["hall", "lab", "commitments"] == 1.0
    assert parts["hall", "lab", "compute"] == 0.25
    assert parts["stake", "maker", "unpaid"] == 1.0
    amounts = made.firms.set_index(["firm", "measure"])["p50"].to_dict()
    assert amounts["cloud", "backlog"] == 80.0
    assert ("rival", "backlog") not in amounts
    (pays,) = made.payments.query("payer == 'lab'").to_dict("records")
    assert (pays["payee"], pays["paid"], pays["committed"], pays["p50"]) == ("cloud", 9.0, 60.0, 69.0)


def test_its_numbers_are_those_of_the_table(results: cs.Results, asked: Deals) -> None:
    rows = asked.numbers.set_index(["deal", "number", "year"])
    assert set(asked.deals["deal"]) == set(results.deals["deal"])
    left = results.deal("abilene", "left")[2027]
    assert rows.loc[("abilene", "left", 2027), "p50"] == left.median() > 0
    backlog = asked.firms.set_index(["firm", "measure", "year"])["p50"]
    assert backlog["oracle", "backlog", 2027] == pytest.approx(
        results.variable("oracle", "backlog")[2027].median()
    )
    assert "openai > oracle > nvidia > openai" in set(asked.rings["ring"])


def test_a_config_is_played_in_memory(results: cs.Results, asked: Deals) -> None:
    source = results.folder.parent / "mine.yaml"
    played = cs.deals(source, year=2027, worlds=12, set={"until": 2027})
    for name, table in asked.tables().items():
        pd.testing.assert_frame_equal(table, played.tables()[name], check_index_type=False)


def test_it_is_told_shown_and_drawn(asked: Deals, tmp_path: Path) -> None:
    text = str(asked)
    given = asked.deals.query("origin == 'config'")["deal"].str.split().str[0].nunique()
    assert f"The config has {given} deals" in text
    assert "Rings in 2027: payments of the year, and commitments for later at its end" in " ".join(
        text.split()
    )
    paid = money(asked.rings.query("year == 2027")["paid"].iloc[0])
    assert f", of which {paid} paid in that year; " in " ".join(text.split())
    assert f", of which {paid} paid in the year" in asked.draw().note
    assert asked.document()["year"] == 2027
    assert (asked.glossary()["meaning"] != "").all()
    links = asked.draw().option["series"][0]["links"]
    (deal,) = (one for one in links if (one["source"], one["target"]) == ("openai", "oracle"))
    assert "abilene" in deal["tooltip"]["formatter"]
    page = asked.plot(tmp_path / "rings.html").read_text(encoding="utf-8")
    assert "In which rings money returns in 2027" in page


def test_pictures_of_results_show_what_the_answer_says(results: cs.Results, asked: Deals) -> None:
    chosen = "deal == 'abilene' and year == 2027"
    bars, rows = (
        cs.plots.bonds(results).table.query(chosen),
        asked.numbers.query(f"{chosen} and number == 'left'"),
    )
    assert bars["p50"].tolist() == rows["p50"].tolist() != []
    rings = cs.plots.money_rings(results, 2027)
    assert rings.option["series"] == asked.draw().option["series"]
    ringed = {pair for ring in asked.rings.query("year == 2027")["ring"] for pair in around(ring)}
    drawn = rings.table[rings.table["on_ring"]]
    assert set(zip(drawn["payer"], drawn["payee"], strict=True)) == ringed
    owed = cs.plots.backlogs(results).table.set_index(["supplier", "year"])["p50"]
    assert owed["oracle", 2027] == results.variable("oracle", "backlog")[2027].median()
    assert not cs.plots.backlogs(results, results).table["p50"].any()


def test_what_it_cannot_answer(results: cs.Results, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="2031"):
        cs.deals(results, year=2031)
    small = cs.run("six", worlds=2, keep="agents", out=tmp_path / "small", set={"until": 2025})
    with pytest.raises(UserError, match='has no flows: run it with `keep="flows"`'):
        cs.deals(small)
