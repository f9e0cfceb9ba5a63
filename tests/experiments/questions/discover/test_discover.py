"""Scenario discovery: planted boxes come back, noise stays silent, numbers are of unseen worlds."""

from __future__ import annotations

import io
import json
import re
from math import comb
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from computeshift.experiments.cli.main import main
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.discover import discover as discovering
from computeshift.experiments.questions.discover import prim
from computeshift.experiments.questions.discover.discover import discover, regions
from computeshift.experiments.questions.discover.discovered import Discovery
from computeshift.experiments.questions.discover.regions import Column, Region
from computeshift.experiments.results.claims import claims
from computeshift.experiments.run.design import design
from computeshift.experiments.run.measure import Measured, claims_held, measure
from computeshift.experiments.run.run import run
from computeshift.experiments.views.text.discover import meaning_lines, region_text
from tests.experiments.folders import change, posterior

CLAIM = "stargate_100"


def noise(seed: int, worlds: int = 4000, dimensions: int = 150) -> pd.DataFrame:
    """Uniform numbers, a row a world."""
    values = np.random.default_rng(seed).random((worlds, dimensions))
    return pd.DataFrame(values, columns=[f"a.x{i}" for i in range(dimensions)])


def truths(seed: int, chance: pd.Series[float]) -> pd.Series[bool]:
    """Cases with a chance by world."""
    return chance > np.random.default_rng(seed + 1000).random(len(chance))


def discovered(x: pd.DataFrame, y: pd.Series[bool]) -> tuple[Region, ...]:
    return regions(x, y, {str(name): Column(str(name), str(name), "1") for name in x})


def limits(region: Region) -> dict[str, tuple[float, float]]:
    """By column, low and high, infinite where open."""
    ends = {limit.column.name: (limit.low, limit.high) for limit in region.limits}
    return {
        name: (-np.inf if low is None else low, np.inf if high is None else high)
        for name, (low, high) in ends.items()
    }


@pytest.mark.parametrize("seed", range(4))
def test_two_planted_boxes_are_recovered_among_150_dimensions(seed: int) -> None:
    x = noise(seed)
    box, slab = (x["a.x3"] < 0.35) & (x["a.x7"] > 0.6), x["a.x11"] > 0.8
    y = truths(seed, (box | slab).map({True: 0.9, False: 0.1}))
    found = {tuple(sorted(limits(region))): region for region in discovered(x, y)}
    assert set(found) == {("a.x3", "a.x7"), ("a.x11",)}
    inner, outer = limits(found["a.x3", "a.x7"]), limits(found["a.x11",])
    assert inner["a.x3"] == pytest.approx((-np.inf, 0.35), abs=0.06)
    assert inner["a.x7"] == pytest.approx((0.6, np.inf), abs=0.06)
    assert outer["a.x11"] == pytest.approx((0.8, np.inf), abs=0.06)
    for region in found.values():
        assert region.unseen.density == pytest.approx(0.9, abs=0.1)
        assert all(limit.p_value < 1e-6 for limit in region.limits)


def test_noise_has_no_region() -> None:
    x = [noise(seed, 1000) for seed in range(30)]
    assert [discovered(of, truths(seed, of["a.x0"] * 0 + 0.3)) for seed, of in enumerate(x)] == [()] * 30


def test_what_only_the_seen_worlds_show_is_not_told() -> None:
    x = noise(0)
    y = truths(0, (x["a.x3"] < 0.3).map({True: 0.9, False: 0.1}))
    odd = x.index % 2 == 1
    assert discovered(x, y) != ()
    y[odd] = np.random.default_rng(5).permutation(y[odd])
    assert prim.find(x[~odd].to_numpy(), y[~odd].to_numpy())[0].restricted == [3]
    assert discovered(x, y) == ()


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_scale_of_a_number_does_not_matter(seed: int) -> None:
    x = noise(seed, 1200, 6)
    y = truths(seed, ((x["a.x1"] < 0.4) & (x["a.x2"] > 0.5)).map({True: 0.95, False: 0.05}))
    scaled = [region.unseen for region in discovered(x.transform(lambda column: np.exp(3 * column)), y)]
    assert scaled == [region.unseen for region in discovered(x, y)]
    assert scaled


def test_regions_do_not_overlap_and_their_parts_add_up() -> None:
    x = noise(1)
    in_one, in_two = x["a.x1"] < 0.3, x["a.x2"] < 0.3
    y = truths(1, (in_one | in_two).map({True: 0.95, False: 0.05}))
    first, second = discovered(x, y)
    odd, cases = x[x.index % 2 == 1], y[y.index % 2 == 1]
    inside = [odd[name] <= high for region in (first, second) for name, (_, high) in limits(region).items()]
    assert len(inside) == 2
    assert second.unseen.cases == int((cases & inside[1] & ~inside[0]).sum())
    covered = first.unseen.coverage + second.unseen.coverage
    assert covered == pytest.approx((cases & (inside[0] | inside[1])).sum() / cases.sum())


def test_a_quasi_p_value_is_a_binomial_tail() -> None:
    x = np.arange(40, dtype=float).reshape(-1, 1)
    y = np.isin(np.arange(40), [*range(8), 20, 30])  # 8 of the lowest 10, 10 of all 40
    box = prim.Box.whole(1).limited(0, -np.inf, 9.0)
    tail = sum(comb(10, k) * 0.25**k * 0.75 ** (10 - k) for k in (8, 9, 10))
    assert prim.quasi_p_values(box, x, y) == {0: pytest.approx(tail)}


def test_pasting_gives_back_what_was_peeled_too_far() -> None:
    x = noise(2, 2000, 1).to_numpy()
    y = x[:, 0] < 0.5
    y[x[:, 0] < 0.02] = False  # what lies at the edge is no case, so that density can rise
    narrow = prim.Box.whole(1).limited(0, -np.inf, 0.3)
    assert prim.paste(narrow, x, y).high[0] == pytest.approx(0.5, abs=0.03)


# --- on the model ---


@pytest.fixture(scope="module")
def answer() -> Discovery:
    return discover("six", CLAIM, worlds=2000, seed=1)


def test_a_region_of_the_model_holds_where_it_was_not_found(answer: Discovery) -> None:
    region = answer.regions[0]
    config = load("six", {"worlds": 2000, "seed": 1})
    table = design(config).set_index("world")
    fails = measure(config, claims_held([claims()[CLAIM]])).table[CLAIM] == 0
    inside = pd.Series(table.index % 2 == 1, index=table.index)
    for name, (low, high) in limits(region).items():
        inside &= table[name].between(low, high)
    assert region.unseen.density == pytest.approx(fails[inside].mean())
    assert region.unseen.density > fails.mean() + 0.15
    assert answer.cases == int(fails.sum())


def test_a_question_asked_twice_is_answered_the_same(answer: Discovery) -> None:
    again = discover("six", CLAIM, worlds=2000, seed=1)
    written = json.dumps(again.document(), allow_nan=False)
    assert written == json.dumps(answer.document(), allow_nan=False)


def test_a_folder_answers_as_its_config_does(answer: Discovery, tmp_path: Path) -> None:
    folder = run("six", worlds=2000, seed=1, out=tmp_path / "runs", against=False)
    stored = discover(folder, CLAIM)
    assert {**stored.document(), "source": "six"} == answer.document()
    assert stored.document()["notes"] == []
    change(folder, posterior=posterior("f"))
    (note,) = discover(folder, CLAIM).document()["notes"]
    assert "was run from a posterior: its parameters depend on each other" in note


def test_what_fails_everywhere_is_told_as_the_answer() -> None:
    for holds in (False, True):
        everywhere = discover("six", "no_reliance", holds=holds, worlds=300)
        assert everywhere.regions == ()
        assert everywhere.finding.startswith("The claim fails in all 300 worlds (at least 98.74%")
        assert "no region of the uncertain parameters differs" in everywhere.draw().missing


def test_news_that_struck_some_worlds_is_part_of_the_space() -> None:
    news = {"year": 2025, "until": 2027, "size": 0.95, "probability": 0.5}
    said = {f"shocks.demand_fall.{key}": value for key, value in news.items()}
    answer = discover("six", CLAIM, worlds=1000, set=said)
    assert limits(answer.regions[0])["news.demand_fall.size"] == (0.95, np.inf)
    assert answer.dimensions == discover("six", CLAIM, worlds=1000).dimensions + 2


def test_the_tables_fit_80_columns_and_the_picture_has_every_limit(answer: Discovery) -> None:
    written = io.StringIO()
    answer.show(Console(file=written, width=80))
    assert max(map(len, written.getvalue().splitlines())) <= 80
    assert f"{answer.regions[0].unseen.density:.0%}" in written.getvalue()
    option = answer.draw().option
    limits_drawn, curve = option["yAxis"][0]["data"], option["xAxis"][1]["name"]
    assert len(limits_drawn) == sum(len(region.limits) for region in answer.regions)
    assert curve.startswith("coverage")


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("six --claim stargate_10", "there is no claim 'stargate_10'; did you mean 'stargate_100'?"),
        ("basline --claim stargate_100", "there is no config 'basline'; did you mean 'baseline'?"),
        ("six --claim stargate_100 --worlds 100", "100 worlds are too few"),
        ("six --claim softbank_largest --worlds 300", "use about"),
        ("six --claim stargate_100 --set until=2026 --worlds 200", "use --set until=2027"),
        ("tests --claim stargate_100", "tests is no results folder"),
        (
            "six --claim stargate_100 --worlds 200 --plot x.pdf",
            "a picture is FILE.html, FILE.svg or FILE.png",
        ),
    ],
)
def test_a_mistake_is_told_and_exits_with_2(
    capsys: pytest.CaptureFixture[str], command: str, message: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["discover", *command.split()])
    errors = capsys.readouterr().err
    assert left.value.code == 2
    assert message in errors
    assert "Traceback" not in errors


def test_a_market_without_the_firm_a_claim_is_about_cannot_decide_it(tmp_path: Path) -> None:
    alone = tmp_path / "alone.yaml"
    alone.write_text("asks: Alone?\nextends: six\nfirms:\n  deepseek: null\n", encoding="utf-8")
    config = load(alone, {"worlds": 200})
    for source in (config, run(config, out=tmp_path / "runs")):
        with pytest.raises(UserError, match="no ai_capacity_spending with and without deepseek"):
            discover(source, "deepseek_disrupts")


def test_a_limit_on_what_is_drawn_together_is_one_on_a_factor_or_a_residual(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "joint.yaml").write_text(
        "extends: six\nuntil: 2025\nfactors:\n  mood:\n    meaning: how much AI is wanted\n"
        "    assumed: because it is\n    loadings: {services.elasticity: 0.7, softbank.pledge: -0.4}\n"
    )
    config = load(tmp_path / "joint.yaml", {"worlds": 1000})
    table = design(config).set_index("world")
    residual = "residual.services.elasticity"
    held = (table["factor.mood"] > 0.4) & (table[residual] > 0)

    def told(*_: object, **__: object) -> Measured:
        return Measured(pd.DataFrame({CLAIM: held.astype(float)}), {})

    monkeypatch.setattr(discovering, "measure", told)
    answer = discover(config, CLAIM, holds=True)
    assert set(limits(answer.regions[0])) == {"factor.mood", residual}
    text = region_text(answer.regions[0])
    assert re.search(r"[Mm]ood above its P6\d", text)
    assert re.search(r"elasticity high for its mood \(above its P[45]\d\)", text)
    behind = {(one.limit, one.parameter): (one.within, one.everywhere) for one in answer.meanings}
    assert set(behind) == {
        ("factor.mood", "services.elasticity"),
        ("factor.mood", "softbank.pledge"),
        (residual, "services.elasticity"),
    }
    assert {limit: within > all_ for (limit, _), (within, all_) in behind.items()} == {
        "factor.mood": False,  # the pledge, which loads negatively, comes last
        residual: True,
    }
    assert "means these medians in such worlds: services.elasticity" in " ".join(meaning_lines(answer))
