"""Risk: exposures as the log has them, planted rings and shares found, the command end to end."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from computeshift.experiments.cli.main import main
from computeshift.experiments.config.cast import Cast
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.risk import aftermath, circulation
from computeshift.experiments.questions.risk.concentration import hhi
from computeshift.experiments.questions.risk.credit import hanging, losses
from computeshift.experiments.questions.risk.exposures import payments, stakes_of, web
from computeshift.experiments.questions.risk.risk import Risk, risk
from computeshift.experiments.results.claims import wilson
from computeshift.experiments.results.deals import LoggedDeal
from computeshift.experiments.results.outcomes import OUTCOMES, Outcome
from computeshift.experiments.results.record import MarketRecord
from computeshift.experiments.run.block import simulate
from computeshift.experiments.run.design import design, setup
from computeshift.experiments.run.run import run
from computeshift.experiments.views.text.records import records
from computeshift.experiments.views.text.risk_findings import findings
from tests.behaviour.worlds import STORM, play

Array = npt.NDArray[np.float64]


@dataclass
class Written:
    """A record as one writes it down: numbers by year, the same in two worlds."""

    flows: dict[tuple[str, str, str], list[float]]
    variables: dict[tuple[str, str], list[float]] = field(default_factory=dict)
    firms: dict[str, str] = field(default_factory=dict)
    cast: Cast = field(default_factory=lambda: Cast({}))
    years: list[int] = field(default_factory=lambda: [2025, 2026])

    def _table(self, numbers: list[float]) -> pd.DataFrame:
        return pd.DataFrame([numbers, numbers], columns=self.years)

    def remember(self, make: Callable[[Any], Any]) -> Any:
        return make(self)

    def flow(self, kind: str, source: str | None = None, target: str | None = None) -> pd.DataFrame:
        assert source is not None
        assert target is not None
        return self._table(self.flows[kind, source, target])

    def ties(self) -> list[tuple[str, str, str]]:
        return [(source, target, kind) for kind, source, target in self.flows]

    def logged(self) -> dict[str, tuple[str, str]]:
        return {}

    def units(self) -> dict[str, str]:
        return dict.fromkeys((kind for kind, _, _ in self.flows), "$ bn")

    def variable(self, agent: str, name: str) -> pd.DataFrame:
        known = self.variables.get((agent, name))
        return pd.DataFrame(columns=self.years, dtype=float) if known is None else self._table(known)

    def has(self, agent: str, name: str) -> bool:
        return (agent, name) in self.variables

    def market_variable(self, name: str) -> pd.DataFrame:
        return self._table([0.0, 0.0])

    def outcome(self, name: str) -> pd.DataFrame:
        return OUTCOMES[name].of(self)

    flow_or_zero, variable_or_empty = flow, variable
    market_variable_or_empty, outcome_or_empty = market_variable, outcome
    counterpart_or_empty, evaluated = market_variable, outcome

    def deals_or_none(self) -> list[LoggedDeal]:
        return []

    def deal_or_zero(self, name: str, number: str) -> pd.DataFrame:
        raise UserError(f"no deal {name!r}")

    def deal_numbers(self, name: str, numbers: Sequence[str]) -> list[pd.DataFrame]:
        raise UserError(f"no deal {name!r}")

    def named(self, name: str) -> Outcome:
        return OUTCOMES[name]


@pytest.fixture(scope="module")
def answer() -> Risk:
    return risk("six", worlds=60)


def by_world(columns: dict[tuple[object, ...], list[float]]) -> pd.DataFrame:
    return pd.DataFrame({key: np.array(value) for key, value in columns.items()})


# --- credit ---


def test_what_lenders_lose_is_counted_pair_by_pair_and_in_all() -> None:
    """Four worlds: the cloud costs the bank 2 of 10 in two of them, and 0.05, no default, in a third."""
    owed = by_world(
        {
            (2026, "bank", "cloud"): [10.0, 10.0, 10.0, 10.0],
            (2026, "fund", "cloud"): [30.0, 30.0, 30.0, 30.0],
            (2026, "bank", "idle"): [0.0, 0.0, 0.0, 0.0],
        }
    )
    lost = by_world({(2026, "bank", "cloud"): [2.0, 4.0, 0.05, 0.0]})
    rows = {(row["lender"], row["borrower"]): row for row in records(losses(owed, lost))}
    bank, fund = rows["bank", "cloud"], rows["fund", "cloud"]
    assert (bank["owed"], bank["probability"]) == (10.0, 0.5)
    assert bank["loss_given_default"] == pytest.approx(6 / 20)
    assert bank["expected_loss"] == pytest.approx(6.05 / 4)
    assert (fund["probability"], fund["expected_loss"]) == (0.0, 0.0)
    assert fund["loss_given_default"] is None
    every = rows["all lenders", "cloud"]
    assert every["owed"] == 40.0
    assert every["loss_given_default"] == pytest.approx(6 / 80)
    assert rows["bank", "all borrowers"]["expected_loss"] == bank["expected_loss"]
    assert ("bank", "idle") not in rows


def test_a_loan_hangs_on_rent_by_its_part_of_income_through_who_lets_on() -> None:
    """The cloud has 6 of 30 from the lab and 9 from the site, of whose 12 the lab pays 8."""
    paid = {
        ("lease", "lab", "cloud"): 6.0,
        ("lease", "site", "cloud"): 9.0,
        ("revenue", "outside", "cloud"): 15.0,
        ("lease", "lab", "site"): 8.0,
        ("lease", "other", "site"): 4.0,
    }
    chains = hanging({("bank", "cloud"): one(20.0)}, {tie: one(amount) for tie, amount in paid.items()})
    assert {chain: float(amount[0, 0]) for chain, amount in chains.items()} == pytest.approx(
        {
            "lab > cloud > bank": 20 * 6 / 30,
            "lab > site > cloud > bank": 20 * 9 / 30 * 8 / 12,
            "other > site > cloud > bank": 20 * 9 / 30 * 4 / 12,
        }
    )


def one(amount: float) -> Array:
    """One world, one year."""
    return np.array([[amount]])


def test_lenders_losses_are_what_the_market_wrote_off() -> None:
    """In a storm: pair by pair, and what is lost in all is what is lost to all lenders."""
    answer = risk("six", worlds=60, set=STORM)
    own = answer.losses.set_index(["year", "lender", "borrower"])["expected_loss"]
    assert own.max() > 0
    pairs = own.drop("all lenders", level="lender").drop("all borrowers", level="borrower")
    by_borrower = pairs.groupby(level=["year", "borrower"]).sum()
    together = own[own.index.get_level_values("lender") == "all lenders"].droplevel("lender")
    pd.testing.assert_series_equal(by_borrower, together, check_like=True, check_names=False)
    flows = play("six", 60, **STORM).market.ledger.flows
    wrote_off = sum(flow.amount.mean() for flow in flows if flow.kind == "write_off")
    assert together.sum() == pytest.approx(wrote_off)
    assert any(sentence.startswith("Lenders' largest expected loss is on") for sentence in findings(answer))


# --- exposures ---


def test_exposures_and_buffers_are_what_the_log_says() -> None:
    record = Written(
        flows={
            ("lease", "lab", "cloud"): [8.0, 10.0],
            ("lease", "lab", "lab"): [5.0, 5.0],
            ("revenue", "outside", "cloud"): [30.0, 30.0],
            ("opex", "cloud", "outside"): [12.0, 12.0],
            ("interest", "cloud", "lenders"): [1.0, 1.0],
            ("loan", "lenders", "cloud"): [15.0, 20.0],
            ("loan", "bank", "cloud"): [5.0, 5.0],
            ("equity", "fund", "lab"): [3.0, 4.0],
            ("stake", "fund", "lab"): [3.5, 7.5],
            ("capacity", "cloud", "lab"): [1.0, 1.0],
        },
        variables={
            ("lab", "valuation"): [50.0, 60.0],
            ("cloud", "cash"): [2.0, 2.0],
            ("bank", "capital"): [3.0, 2.0],
            ("fund", "nav"): [40.0, 45.0],
        },
        firms={"lab": "lab", "cloud": "cloud", "fund": "investor", "bank": "lender"},
    )
    seen = web(record, payments(record))
    assert seen.nodes == ["lab", "cloud", "fund", "bank", "lenders"]
    matrix, buffer = seen.matrix(1)[0], dict(zip(seen.nodes, seen.buffer(1)[0], strict=True))
    lab, cloud, fund, bank, lenders = range(5)
    assert matrix[cloud, lab] == 10
    assert matrix[lab, fund] == 4
    assert matrix[lenders, cloud] == 20
    assert matrix[bank, cloud] == 5
    assert matrix[fund, lab] == 7.5
    assert np.count_nonzero(matrix) == 5
    assert buffer == {"lab": 60, "cloud": 2 + 10 + 30 - 12 - 1, "fund": 45, "bank": 2, "lenders": 20}


def test_stakes_are_those_of_the_capital_market_also_from_before_the_start() -> None:
    config = load("six", {"worlds": 20})
    with simulate(setup(config, design(config, 20))) as market:
        stakes = stakes_of(MarketRecord(market))
        true = {tie: market.capital.stake_value(*tie) for tie in stakes}
    for tie, value in true.items():
        assert np.array_equal(stakes[tie][:, -1], value), tie
    assert (stakes["microsoft", "openai"][:, 0] > 10).all()
    assert {("softbank", "openai"), ("oracle", "stargate"), ("investors", "openai")} <= set(stakes)


def test_a_record_from_before_stakes_were_logged_is_refused() -> None:
    with pytest.raises(UserError, match="say nothing of stakes"):
        stakes_of(Written({("equity", "fund", "lab"): [3.0, 4.0]}))


# --- circular money ---


def test_a_planted_ring_is_found_with_its_amount() -> None:
    paid = by_world(
        {
            (2025, "chips", "lab"): [4.0, 6.0, 9.0],
            (2025, "lab", "cloud"): [50.0, 50.0, 50.0],
            (2025, "cloud", "chips"): [5.0, 5.0, 0.0],
            (2025, "lab", "dead_end"): [70.0, 70.0, 70.0],
            (2025, "dead_end", "chips"): [0.01, 0.01, 0.01],
        }
    )
    (row,) = circulation.rings(paid).to_dict("records")
    assert (row["year"], row["ring"]) == (2025, "chips > lab > cloud > chips")
    assert [row["p10"], row["p50"], row["p90"]] == pytest.approx(np.quantile([4, 5, 0], [0.1, 0.5, 0.9]))
    assert row["held"] == pytest.approx(2 / 3)


def test_what_returns_is_a_share_of_what_was_paid_in_where_something_was() -> None:
    invested = by_world({(2025, "a"): [10.0, 0.0], (2025, "b"): [30.0, 5.0], (2026, "a"): [10.0, 0.0]})
    returned = by_world({(2025, "a"): [5.0, 0.0], (2025, "b"): [0.0, 1.0], (2026, "a"): [10.0, 0.0]})
    shares = circulation.returned_shares(invested, returned)
    assert shares[2025, "a"].tolist() == pytest.approx([0.5, np.nan], nan_ok=True)
    assert shares[circulation.ALL_YEARS, "a"].tolist() == pytest.approx([0.75, np.nan], nan_ok=True)
    assert shares[2025, circulation.TOGETHER].tolist() == pytest.approx([5 / 40, 1 / 5])
    assert shares[circulation.ALL_YEARS, circulation.TOGETHER].tolist() == pytest.approx([15 / 50, 1 / 5])


# --- concentration ---


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=8))
def test_herfindahl_is_between_equal_shares_and_one(amounts: list[float]) -> None:
    index = float(hhi([np.array([[amount]]) for amount in amounts])[0, 0])
    assert 1 / len(amounts) - 1e-12 <= index <= 1 + 1e-12
    equal = float(hhi([np.array([[amounts[0]]])] * len(amounts))[0, 0])
    assert equal == pytest.approx(1 / len(amounts))


def test_herfindahl_of_nothing_is_unknown() -> None:
    assert np.isnan(hhi([np.zeros((1, 1)), np.zeros((1, 1))])).all()


# --- after defaults ---


def test_what_followed_planted_defaults_is_counted() -> None:
    worlds, years, firms = 100, (2025, 2026, 2027), ("a", "b", "c")
    early = np.arange(worlds) < 20
    down: dict[tuple[int, str], Array] = {
        key: np.zeros(worlds) for key in ((year, firm) for year in years for firm in firms)
    }
    buffer: dict[tuple[int, str], Array] = {key: np.full(worlds, 10.0) for key in down}
    down[2026, "a"] = early.astype(np.float64)
    down[2027, "a"] = early.astype(np.float64)  # it goes on: no new case
    down[2027, "b"] = (np.arange(worlds) < 5).astype(np.float64)
    buffer[2026, "b"] = np.where(early, 6.0, 10.0)
    impact = {
        (year, of, on): np.full(worlds, 0.4 if (of, on) == ("a", "b") else 0.0)
        for year in years
        for of in firms
        for on in firms
        if of != on
    }
    cases = aftermath.cases(pd.DataFrame(down), pd.DataFrame(buffer), pd.DataFrame(impact))
    rows = {(row["of"], row["on"]): row for row in records(aftermath.after(cases))}
    hit, spared = rows["a", "b"], rows["a", "c"]
    assert (hit["cases"], hit["foretold"], hit["enough"]) == (20, 0.4, True)
    assert (hit["shrank"], hit["usually_shrank"]) == (1.0, 0)
    assert (hit["defaulted"], hit["usually_defaulted"]) == (0.25, 0)
    assert (spared["shrank"], spared["defaulted"]) == (0, 0)
    assert ("b", "a") not in rows  # a was in default before
    assert not rows["b", "c"]["enough"]
    groups = {row["to_lose"]: row for row in records(aftermath.verdict(cases))}
    assert groups["10% or more"]["shrank"] == 1
    seen = {(row["year"], row["firm"]): row for row in records(aftermath.defaults(pd.DataFrame(down)))}
    assert (seen[2027, "a"]["worlds"], seen[2027, "a"]["begun"]) == (20, 0)


def test_cases_of_one_world_are_worth_less_than_cases_of_many() -> None:
    happened = [1.0, 0.0] * 30
    columns = {
        "foretold": 0.5,
        "lost": 0.1,
        "defaulted": 0.0,
        "usually_defaulted": 0.0,
        "usually_shrank": 0.1,
    }
    rows = pd.DataFrame({"shrank": sorted(happened), **columns})
    alone, together = (
        aftermath.verdict(rows.assign(world=w)).iloc[0] for w in (range(60), [i // 6 for i in range(60)])
    )
    assert (alone["worlds"], together["worlds"], together["cases"]) == (60, 10, 60)
    assert (alone["shrank_low"], alone["shrank_high"]) == pytest.approx(wilson(30, 60), abs=0.002)
    assert (together["shrank_low"], together["shrank_high"]) == pytest.approx(wilson(4.5, 9), abs=1e-9)
    surely = aftermath.verdict(rows.assign(world=[i // 6 for i in range(60)], shrank=1.0)).iloc[0]
    assert (surely["shrank_low"], surely["shrank_high"]) == wilson(10, 10)


# --- the whole question ---


def test_a_folder_answers_as_its_config_does_to_the_bit(answer: Risk, tmp_path: Path) -> None:
    folder = run("six", worlds=60, block=16, out=tmp_path / "out", against=False).folder
    assert risk(folder).document() == answer.document()


def test_shares_are_shares_and_bands_are_ordered(answer: Risk) -> None:
    for table in (answer.impacts, answer.ranks, answer.concentration):
        bands = table[["p10", "p50", "p90"]].to_numpy()
        assert (bands >= 0).all()
        assert (bands <= 1 + 1e-9).all()
        assert (np.diff(bands, axis=1) >= 0).all()
    assert set(answer.impacts["of"]) == {*answer.basis}
    assert {"banks", "bond_buyers", "private_credit", "investors"} <= set(answer.impacts["on"])
    assert answer.basis["banks"] == "capital"


def test_what_falls_due_is_what_the_log_says_matures() -> None:
    results = run("six", worlds=40, against=False)
    due = risk(results).maturities.set_index(["firm", "year"])["p50"]
    for firm in ("oracle", "softbank", "stargate"):
        logged = results.variable(firm, "maturing").median()
        np.testing.assert_allclose(due[firm], logged)
    assert "mgx" not in due.index.get_level_values("firm")


def test_a_market_without_stargate_has_no_exposure_to_it(tmp_path: Path) -> None:
    config = tmp_path / "alone.yaml"
    cuts = ["stargate, openai, capacity", "oracle, stargate, build", "lenders, stargate, debt"]
    cuts += [f"{sponsor}, stargate, equity" for sponsor in ("softbank", "openai", "oracle", "mgx")]
    listed = "".join(f"  - [{cut}]\n" for cut in cuts)
    config.write_text(f"asks: What?\nextends: six\ncut:\n{listed}", encoding="utf-8")
    result = risk(config, worlds=30)
    stargate = result.impacts[(result.impacts["of"] == "stargate") | (result.impacts["on"] == "stargate")]
    assert stargate["p90"].max() == 0 or stargate.empty
    assert "openai" in set(result.ranks.loc[result.ranks["p50"] > 0, "firm"])
    assert result.draw().title


def test_thirty_firms_work(tmp_path: Path) -> None:
    config = tmp_path / "many.yaml"
    labs, clouds = [f"lab_{i}" for i in range(11)], [f"cloud_{i}" for i in range(11)]
    firms = "".join(f"  {name}: {{kind: {name.split('_')[0]}}}\n" for name in (*labs, *clouds))
    edges = "".join(
        f"  - [{cloud}, {lab}, capacity]\n  - [{lab}, customers, services]\n  - [investors, {lab}, equity]\n"
        f"  - [lenders, {cloud}, debt]\n"
        for lab, cloud in zip(labs, clouds, strict=True)
    )
    text = f"asks: What?\nextends: six\nuntil: 2026\nfirms:\n{firms}edges:\n{edges}"
    config.write_text(text, encoding="utf-8")
    result = risk(config, worlds=30)
    assert len(result.basis) == 34
    own = result.impacts[(result.impacts["of"] == "lab_3") & (result.impacts["on"] == "cloud_3")]
    other = result.impacts[(result.impacts["of"] == "lab_3") & (result.impacts["on"] == "cloud_4")]
    assert (own["p50"] > 0).all()
    assert (other["p50"] == 0).all()


def test_it_is_told_in_80_columns_and_drawn(answer: Risk) -> None:
    console = Console(file=io.StringIO(), width=80)
    answer.show(console)
    assert isinstance(console.file, io.StringIO)
    text = console.file.getvalue()
    assert max(map(len, text.splitlines())) <= 80
    assert "default would do the most damage" in text
    assert "Worlds in which an investor paid nothing are left out of its row" in " ".join(text.split())
    assert len(answer.draw().option["grid"]) == 3  # who falls with whom, what comes back, concentration


def test_the_command_prints_one_document(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    picture = tmp_path / "risk.png"
    with pytest.raises(SystemExit) as left:
        main(["risk", "six", "--worlds", "30", "--json", "--plot", str(picture)])
    document = json.loads(capsys.readouterr().out)
    assert left.value.code in (0, None)
    assert (document["question"], document["worlds"]) == ("risk", 30)
    assert {"impacts", "ranks", "returned", "rings", "concentration", "leverage", "after"} <= document.keys()
    assert picture.stat().st_size > 1000


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("risk six --worlds 29", "29 worlds are too few for bands of risk: use at least 30"),
        ("risk basline", "did you mean 'baseline'?"),
        ("risk {folder}", "5 worlds are too few"),
        ("risk {folder} --worlds 50", "is a results folder and runs nothing: leave out --worlds"),
        ("risk {empty}", "is no results folder"),
        ("risk six --worlds 30 --plot risk.pdf", "a picture is FILE.html, FILE.svg or FILE.png"),
    ],
)
def test_a_mistake_is_told_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, message: str
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    if "{folder}" in command:
        run("six", worlds=5, until=2025, out=tmp_path / "out", against=False)
    with pytest.raises(SystemExit) as left:
        main(command.format(folder=tmp_path / "out", empty=empty).split())
    errors = capsys.readouterr().err
    assert left.value.code == 2
    assert message in " ".join(errors.split())


def test_too_few_worlds_are_refused_before_any_is_played() -> None:
    with pytest.raises(UserError, match="at least 30"):
        risk("six", worlds=12, progress=lambda done, worlds: pytest.fail("it played"))
