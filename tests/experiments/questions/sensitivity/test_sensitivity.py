"""Sensitivity: known functions give their known indices, and luck is a factor like any other."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest
from rich.console import Console
from scipy.special import ndtri

from computeshift.agents.softbank import Vision
from computeshift.agents.strategy import strategies_of, strategy
from computeshift.environment.market import ComputeMarket
from computeshift.experiments.cli.main import main
from computeshift.experiments.config.config import Config
from computeshift.experiments.config.factor import independent
from computeshift.experiments.config.load import load
from computeshift.experiments.config.parameter import Parameter
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.sensitivity import target
from computeshift.experiments.questions.sensitivity.answer import Sensitivity
from computeshift.experiments.questions.sensitivity.groups import groups_of
from computeshift.experiments.questions.sensitivity.indices import (
    LEAST_WORLDS,
    LUCK,
    Indices,
    morris,
    rbd_fast,
    sobol,
)
from computeshift.experiments.questions.sensitivity.sensitivity import LEAST_BASE, sensitivity
from computeshift.experiments.results.results import open as open_results
from computeshift.experiments.run.draws import SharedDraws
from computeshift.experiments.run.joint import Joint
from computeshift.experiments.run.run import run
from computeshift.experiments.views import plots
from tests.experiments.folders import change, posterior

Numbers = npt.NDArray[np.float64]


def parameters(*names: str, half: float = math.pi) -> dict[str, Parameter]:
    known = Parameter(unit="1", low=-half, central=0, high=half, shape="uniform", assumed="because")
    return dict.fromkeys(names, known)


ISHIGAMI = parameters("x1", "x2", "x3")
FIRST = {"x1": 0.3139, "x2": 0.4424, "x3": 0.0, LUCK: 0.0}  # Ishigami and Homma (1990), a = 7, b = 0.1
TOTAL = {"x1": 0.5576, "x2": 0.4424, "x3": 0.2437, LUCK: 0.0}


def ishigami(design: pd.DataFrame) -> Numbers:
    x1, x2, x3 = (design[name].to_numpy() for name in ISHIGAMI)
    return np.asarray(np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1))


def playing(*functions: Callable[[pd.DataFrame], Numbers]) -> Callable[..., Iterator[Numbers]]:
    """Plays designs with these functions as outcomes."""

    def play(designs: Iterable[pd.DataFrame]) -> Iterator[Numbers]:
        return (np.stack([function(design) for function in functions]) for design in designs)

    return play


def noise(design: pd.DataFrame) -> Numbers:
    """A standard normal number a world."""
    return np.array([np.random.default_rng(world).normal() for world in design["world"]])


# --- the methods, on functions whose indices are known ---


def test_sobol_finds_ishigamis_indices() -> None:
    [found] = sobol(Joint(ISHIGAMI, {}), playing(ishigami), base=4096, seed=1)
    for factor in (*ISHIGAMI, LUCK):
        assert found.table.loc[factor, "S1"] == pytest.approx(FIRST[factor], abs=0.03)
        assert found.table.loc[factor, "ST"] == pytest.approx(TOTAL[factor], abs=0.03)
    assert found.mean == pytest.approx(3.5, abs=0.05)
    assert found.sum_s1 is not None
    assert found.sum_s1[0] == pytest.approx(sum(FIRST.values()), abs=0.05)


def test_sobols_design_is_salibs() -> None:
    from SALib.sample import sobol as sampler

    played: list[pd.DataFrame] = []

    def watch(design: pd.DataFrame) -> Numbers:
        played.append(design)
        return ishigami(design)

    sobol(Joint(ISHIGAMI, {}), playing(watch), base=8, seed=5)
    a, b, *crossed, lucky = played
    problem = {"num_vars": 3, "names": list(ISHIGAMI), "bounds": [[-math.pi, math.pi]] * 3}
    rng = np.random.Generator(np.random.Philox(5))
    salibs = sampler.sample(problem, 8, calc_second_order=False, seed=rng).reshape(8, 5, 3)
    for i, table in enumerate([a, *crossed, b]):
        np.testing.assert_allclose(table[list(ISHIGAMI)], salibs[:, i])
    assert [list(table["world"]) for table in (a, b, *crossed)] == [
        list(range(first, first + 8)) for first in (0, 8, 0, 0, 0)
    ]
    pd.testing.assert_frame_equal(lucky, a.assign(world=b["world"]))


def test_luck_gets_the_share_that_was_planted() -> None:
    """Variances 1 (x), 3 (luck), 1 x 1 (their product): a known table of indices."""

    def play(design: pd.DataFrame) -> Numbers:
        x, draws = design["x"].to_numpy(), noise(design)
        return np.asarray(x + math.sqrt(3) * draws + x * draws)

    [found] = sobol(Joint(parameters("x", half=math.sqrt(3)), {}), playing(play), base=2048, seed=2)
    assert list(found.table.loc["x", ["S1", "ST"]]) == pytest.approx([0.2, 0.4], abs=0.05)
    assert list(found.table.loc[LUCK, ["S1", "ST"]]) == pytest.approx([0.6, 0.8], abs=0.06)
    assert math.isnan(float(found.table["low_fifth"][LUCK]))


def test_a_group_of_an_additive_function_has_the_sum_of_its_members() -> None:
    """x + 2 y + 3 z and what x and z do to each other: a group's total holds what is within it."""
    joint = Joint(parameters("x", "y", "z", half=math.sqrt(3)), {})

    def adds(design: pd.DataFrame) -> Numbers:
        return np.asarray(design["x"] + 2 * design["y"] + 3 * design["z"] + noise(design))

    def multiplies(design: pd.DataFrame) -> Numbers:
        return np.asarray(design["x"] * design["z"] + design["y"])

    play, groups = playing(adds, multiplies), {"both": ["x", "z"], "other": ["y"]}
    single, _ = sobol(joint, play, base=2048, seed=1)
    added, multiplied = sobol(joint, play, base=2048, seed=1, groups=groups)
    alone = single.table["S1"]
    assert added.table["S1"].to_dict() == pytest.approx(
        {"both": alone["x"] + alone["z"], "other": alone["y"], LUCK: alone[LUCK]}, abs=0.02
    )
    assert list(added.table.loc["both", ["S1", "ST"]]) == pytest.approx([10 / 15] * 2, abs=0.04)
    assert list(multiplied.table.loc["both", ["S1", "ST"]]) == pytest.approx([1 / 2] * 2, abs=0.04)
    assert set(added.table) == {"ST", "ST_conf", "S1", "S1_conf"}


def test_a_factor_and_what_parameters_have_apart_from_it_share_the_variance() -> None:
    known = parameters("a.x", "a.y", half=0.5)
    joint = Joint(known, {name: {"f": 0.6} for name in known})

    def scores(design: pd.DataFrame) -> Numbers:
        return np.asarray(ndtri(design[[*known]].to_numpy() + 0.5).sum(axis=1))

    shares = {"factor.f": 1.44 / 2.72, "residual.a.x": 0.64 / 2.72, "residual.a.y": 0.64 / 2.72}
    unit = np.random.default_rng(1).random((4000, 3))
    design = pd.DataFrame(joint.columns(lambda name: unit[:, joint.inputs.index(name)]))
    given = rbd_fast(design[independent([*map(str, design)])], scores(design), seed=1)
    for found in (*sobol(joint, playing(scores), base=1024, seed=1), given):
        assert found.table["S1"].drop(LUCK, errors="ignore").to_dict() == pytest.approx(shares, abs=0.04)
    moves = morris(joint, playing(scores), base=50, seed=1)[0].table["mu_star"]
    assert moves.idxmax() == "factor.f"


def test_morris_of_a_linear_function_is_its_slope_over_the_range() -> None:
    slopes = {"a": 4.0, "b": -2.0, "c": 0.0}

    def play(design: pd.DataFrame) -> Numbers:
        return np.asarray(sum(slope * design[name] for name, slope in slopes.items())) + noise(design)

    [indices] = morris(Joint(parameters(*slopes, half=0.5), {}), playing(play), base=200, seed=1)
    found = indices.table
    assert set(found.index) == set(slopes)
    assert list(found.loc[["a", "b", "c"], "mu"]) == pytest.approx([3.6, -1.8, 0])
    assert list(found.loc[["a", "b", "c"], "sigma"]) == pytest.approx([0, 0, 0], abs=1e-9)
    between_worlds = 2 / math.sqrt(math.pi)  # mean distance of two standard normal numbers
    assert indices.draws is not None
    assert indices.draws[0] == pytest.approx(between_worlds, abs=indices.draws[1])
    assert indices.draws[1] == pytest.approx(1.96 * math.sqrt((2 - 4 / math.pi) / 200), rel=0.15)
    assert list(found.loc["a", ["low_fifth", "high_fifth"]]) == pytest.approx([-1.8, 1.8], abs=0.5)


def test_morris_orders_ishigamis_parameters() -> None:
    [found] = morris(Joint(ISHIGAMI, {}), playing(ishigami), base=200, seed=1)
    assert list(found.table.index) in (["x1", "x2", "x3"], ["x1", "x3", "x2"])
    assert found.draws == (0, 0)


def test_given_worlds_tell_first_order_indices_from_noise() -> None:
    rng = np.random.default_rng(4)
    names = [*ISHIGAMI, *(f"inert{i}" for i in range(60))]
    design = pd.DataFrame(rng.uniform(-math.pi, math.pi, (1500, len(names))), columns=names)
    found = rbd_fast(design, ishigami(design), seed=1)
    assert found.noise is not None
    heard = found.table.index[found.table["S1"] > found.noise]
    assert set(heard) == {"x1", "x2"}
    for name in ("x1", "x2", "x3"):
        assert found.table.loc[name, "S1"] == pytest.approx(FIRST[name], abs=0.05)


@pytest.mark.parametrize("worlds", [600, 601])
def test_indices_from_given_worlds_are_salibs(worlds: int) -> None:
    from SALib.analyze import rbd_fast as analysis

    rng = np.random.default_rng(6)
    design = pd.DataFrame(rng.uniform(-math.pi, math.pi, (worlds, 3)), columns=[*ISHIGAMI])
    outcome = ishigami(design)
    found = rbd_fast(design, outcome, seed=1).table.loc[[*ISHIGAMI]]
    problem = {"num_vars": 3, "names": [*ISHIGAMI]}
    salibs = analysis.analyze(problem, design.to_numpy(), outcome, M=4, num_resamples=400, seed=1)
    assert found["S1"].tolist() == pytest.approx(salibs["S1"], abs=1e-12)
    assert found["S1_conf"].tolist() == pytest.approx(salibs["S1_conf"], rel=0.3)


@pytest.mark.parametrize("method", [sobol, morris])
def test_samples_with_an_unknown_outcome_are_left_out_whole(method: Any) -> None:
    base, calls = 512, 0

    def sometimes(design: pd.DataFrame) -> Numbers:
        """Unknown in the third sample of the first call, and in the sixth of the third."""
        nonlocal calls
        calls += 1
        outcome = ishigami(design)
        outcome[{1: [2], 3: [5]}.get(calls, [])] = np.nan
        return outcome

    [found] = method(Joint(ISHIGAMI, {}), playing(sometimes), base=base, seed=1)
    assert (found.samples, found.left_out) == (base - 2, 2)
    assert np.isfinite(found.table.drop(index=LUCK, errors="ignore")).all(axis=None)
    whole = method(Joint(ISHIGAMI, {}), playing(ishigami), base=base, seed=1)[0].table
    pd.testing.assert_frame_equal(found.table.sort_index(), whole.sort_index(), atol=0.3, rtol=0.05)


@pytest.mark.parametrize("value", [1.5, math.nan])
def test_an_outcome_that_does_not_vary_has_no_indices(value: float) -> None:
    def still(design: pd.DataFrame) -> Numbers:
        return np.full(len(design), value)

    design = pd.DataFrame({"x": np.arange(600.0)})
    for found in (
        *sobol(Joint(ISHIGAMI, {}), playing(still), base=8, seed=1),
        *morris(Joint(ISHIGAMI, {}), playing(still), base=8, seed=1),
        rbd_fast(design, still(design), seed=1),
    ):
        assert isinstance(found, Indices)
        assert found.table.empty
        assert (found.samples > 0) == math.isfinite(value)


# --- our market ---


def market(*uncertain: str, **settings: object) -> Config:
    """The six with all other parameters at their central values: little to play."""
    known = load("six").parameters()
    fixed = {name: p.central for name, p in known.items() if p.uncertain and name not in uncertain}
    return load("six", {**fixed, **settings})


UNCERTAIN = ("softbank.japan_rollout", "microsoft.refusal", "services.elasticity")
CONFIG = market(*UNCERTAIN)
FLEETLESS: dict[str, object] = {
    **dict.fromkeys(("deepseek.due_in_first_year", "deepseek.due_in_second_year"), 0),
    **{"deepseek.initial_cash_flow": 0, "deepseek.initial_gw": 0.001},
}
"""DeepSeek without a fleet to pay for: the market spends more with it in some worlds, less in others."""


def test_the_parameter_an_outcome_is_made_of_comes_first() -> None:
    """SoftBank pays its commitment times its rollout, less only where it breached its limit."""
    answer = sensitivity(CONFIG, "softbank_pays_openai", rows=128, years=2025)
    first = answer.factors.iloc[0]
    assert first.name == "softbank.japan_rollout"
    assert first["ST"] > 0.9
    assert first["low_fifth"] < answer.indices.mean < first["high_fifth"]
    assert answer.factors.loc["microsoft.refusal", "ST"] == pytest.approx(0, abs=1e-4)
    assert first[["p5", "p95"]].tolist() == pytest.approx([0.231, 0.679], abs=0.005)
    assert answer.worlds == 128 * (3 + 3)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    one, again, other = (
        sensitivity(CONFIG, "stargate_share", rows=16, years=2026, seed=seed).document() for seed in (3, 3, 4)
    )
    assert one == again
    assert one["mean"] != other["mean"]


def test_a_claim_is_an_outcome_of_zero_and_one() -> None:
    """Played with the worlds without DeepSeek that this claim is compared with."""
    answer = sensitivity(market(*UNCERTAIN, **FLEETLESS), "deepseek_disrupts", rows=16)
    assert (answer.target.unit, answer.undecided) == ("0/1", 0)
    assert 0 < answer.indices.mean < 1


@pytest.mark.parametrize("outcome", ["stargate_share", "deepseek_disrupts"])
def test_designs_played_together_or_alone_give_the_same_bits(
    monkeypatch: pytest.MonkeyPatch, outcome: str
) -> None:
    config = market(*UNCERTAIN, **FLEETLESS)
    together = sensitivity(config, outcome, rows=16).document()
    for block in (0, 40):
        monkeypatch.setattr(target, "BLOCK", block)
        assert sensitivity(config, outcome, rows=16).document() == together


@pytest.mark.parametrize("how", [{"by": "firm"}, {"method": "morris"}, {}])
def test_outcomes_of_one_design_have_the_bits_that_they_have_alone(how: dict[str, Any]) -> None:
    """Worlds are played once; what never varies leaves the others as they are."""
    names = ["stargate_share", "softbank_pays_openai", "stargate_100"]
    config = market(*UNCERTAIN, **{"softbank.japan_commitment": 0, "until": 2027})
    together = sensitivity(config, names, years=[2025, 2027], rows=16, **how)
    assert [one.target.key for one in together.each] == [
        *(f"{name} in {year}" for name in names[:2] for year in (2025, 2027)),
        "stargate_100 in 2027",
    ]
    for one in together.each:
        alone = sensitivity(config, one.target.name, years=one.target.year, rows=16, **how)
        pd.testing.assert_frame_equal(one.factors, alone.factors, check_exact=True)
        assert (one.indices.mean, one.indices.sum_s1) == (alone.indices.mean, alone.indices.sum_s1)
    assert together.worlds == sensitivity(config, names[0], rows=16, **how).worlds
    assert [*together.factors][:3] == ["outcome", "year", "factor"]
    assert len(together.factors) == sum(len(one.factors) for one in together.each)
    text, document = printed(together), together.document()
    assert max(map(len, text.splitlines())) <= 80
    assert "3: softbank_pays_openai is 0.0 in every world" in text
    assert [one["varies"] for one in document["outcomes"]].count(False) == 2
    json.dumps([document, together.draw().option], allow_nan=False)
    with pytest.raises(UserError, match="there are 5 outcomes and years: take one of `each`"):
        together.indices  # noqa: B018


def test_groups_are_sections_firms_and_factors() -> None:
    config = load("six")
    inputs = Joint.of(config).inputs
    by_section, by_firm = (groups_of(inputs, config, by) for by in ("section", "firm"))
    assert {"firms", "factors", "services", "capital"} <= set(by_section)
    assert not set(by_section) & set(config.firms) - {"stargate"}
    assert sorted(by_section["firms"]) == sorted(
        name for owner, own in by_firm.items() if owner in config.firms for name in own
    )
    assert "residual.openai.independence" in by_firm["openai"]
    for groups in (by_section, by_firm):
        assert sorted(name for own in groups.values() for name in own) == sorted(inputs)
    numbers = ["deals.round.amount", "deals.site.cut.share"]
    assert all(groups_of(numbers, config, by) == {"deals": numbers} for by in ("section", "firm"))


def test_an_answer_by_groups_says_their_sizes_and_has_a_picture() -> None:
    answer = sensitivity(CONFIG, "stargate_share", rows=16, years=2026, by="section")
    text = printed(answer)
    assert "What stargate_share in 2026 depends on (sobol, by section)" in text
    assert re.search(r"^firms .*\n2 inputs", text, re.MULTILINE)
    assert answer.worlds == 16 * (2 + 3)
    assert answer.document()["by"] == "section"
    picture = answer.draw()
    assert picture.option["yAxis"]["data"] == [
        {LUCK: "random draws"}.get(name, name) for name in answer.factors.index
    ]
    with pytest.raises(UserError, match="groups have no range"):
        plots.tornado(answer)


def test_a_strategy_of_the_users_own_sees_worlds_by_their_numbers() -> None:
    seen: dict[Any, tuple[int, int]] = {}

    @strategy("softbank", "counting")
    class Counting(Vision):
        """Notes the worlds that it plays."""

        def limit(self, softbank: Any) -> Any:
            setup = softbank.market.setup
            seen[softbank.market] = (setup.first_world, setup.worlds)
            return super().limit(softbank)

    try:
        config = market("microsoft.refusal", **{"softbank.strategy": "counting", "until": 2025})
        sensitivity(config, "stargate_share", rows=16)
    finally:
        del strategies_of("softbank")["counting"]
    a, b = (0, 16), (16, 16)
    markets = [*seen.values()]
    assert [*dict.fromkeys(markets)] == [a, b]
    assert markets.count(a) == markets.count(b) == 2  # A, and A with a column of B; B, and A in B's worlds


def test_what_never_varies_is_told_and_has_no_indices() -> None:
    still = market("softbank.japan_rollout", **{"softbank.japan_commitment": 0})
    answer = sensitivity(still, "softbank_pays_openai", rows=16)
    assert "is 0.0 in every world" in printed(answer)
    document = answer.document()
    assert (document["varies"], document["factors"]) == (False, [])
    json.dumps(document, allow_nan=False)
    answer.draw()


def test_worlds_that_are_not_finite_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """World 3 is a row of A; world 17, of B, is the luck of A's row 1: both rows go."""

    def turnover(market: ComputeMarket) -> Numbers:
        draws, own = market.draws, market.setup.first_world + np.arange(market.setup.worlds)
        worlds = draws.worlds_of_rows if isinstance(draws, SharedDraws) else own
        return np.where(np.isin(worlds, [3, 17]), np.inf, 1.0)

    monkeypatch.setattr(ComputeMarket, "turnover", property(turnover))
    answer = sensitivity(CONFIG, "stargate_share", rows=16, years=2026)
    assert (answer.indices.samples, answer.indices.left_out) == (14, 2)
    assert answer.broken == 4 + 2  # A and its three crossings; B and A in B's worlds
    assert "2 base rows were left out: 6 worlds fail" in printed(answer)
    json.dumps(answer.document(), allow_nan=False)


def test_progress_counts_the_worlds_of_all_matrices() -> None:
    calls: list[tuple[int, int]] = []
    for method in ("sobol", "morris"):
        calls.clear()
        answer = sensitivity(
            CONFIG,
            "stargate_share",
            method=method,
            rows=16,
            years=2025,
            progress=lambda done, of: calls.append((done, of)),
        )
        assert calls == sorted(calls)
        assert calls[0] == (0, answer.worlds)
        assert calls[-1] == (answer.worlds, answer.worlds)


@pytest.mark.parametrize(
    ("outcome", "settings", "message"),
    [
        ("stargate_shar", {}, "did you mean 'stargate_share'?"),
        ("burn_2028", {}, "did you mean 'burn_2027'?"),
        ("stargate_share", {"rows": 100}, "100 is not a power of two; use 64 or 128"),
        ("stargate_share", {"method": "sobl"}, "did you mean 'sobol'?"),
        ("stargate_share", {"method": "rbd_fast"}, "reads a results folder"),
        ("stargate_share", {"method": "morris", "rows": 1}, "1 is too few"),
        ("stargate_share", {"rows": 3}, "`rows`: 3 is too few for sobol; use at least 16"),
        ("stargate_share", {"rows": -1}, "`rows`: -1 is too few for sobol; use at least 16"),
        ("stargate_share", {"rows": 17}, "`rows`: 17 is not a power of two; use 16 or 32"),
        ("stargate_share", {"years": 2040}, "use 2025 to 2030"),
        ("oracle.debt in 2031", {"rows": 16}, "is of 2031, and the last year simulated is 2030"),
        ("burn_2027", {"years": 2027}, "has a time of its own (in 2027)"),
        ("stargate_share", {"years": [2026, 2040]}, "use 2025 to 2030"),
        (["burn_2027", "burn_2028"], {}, "did you mean 'burn_2027'?"),
        ([], {}, "`outcome`: there is none; name one or several"),
        ("stargate_share", {"by": 2027}, "for a year use `years=2027`"),
        ("stargate_share", {"by": "sector"}, "no grouping 'sector'; did you mean 'section'?"),
        ("stargate_share", {"by": "firm", "method": "morris"}, "morris has no groups; use `method=sobol`"),
        ("burn_2027", {"rows": 16, "set": {"until": 2026}}, "no world decides burn_2027 in 2027"),
    ],
)
def test_a_mistake_is_told(outcome: str | list[str], settings: dict[str, Any], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)):
        sensitivity(CONFIG, outcome, **settings)


# --- a results folder, and the command line ---


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs") / "out"
    return run("six", worlds=LEAST_WORLDS, until=2026, out=out, against=False).folder


def test_a_folder_is_read_and_nothing_is_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ComputeMarket, "step", None)
    answer = sensitivity(folder, "softbank_pays_openai", years=2025)
    assert (answer.method, answer.worlds) == ("rbd_fast", LEAST_WORLDS)
    assert answer.factors.index[0] == "softbank.japan_rollout"
    assert answer.factors.iloc[0]["S1"] > 0.8
    assert answer.factors.iloc[0]["unit"] == "share per year"
    several = sensitivity(folder, ["stargate_share", "softbank_pays_openai"], years=[2025, 2026])
    pd.testing.assert_frame_equal(several.each[2].factors, answer.factors, check_exact=True)
    assert several.glossary()["meaning"].all()
    assert "rise above the noise (S1 above" in printed(several)
    assert max(map(len, printed(answer).splitlines())) <= 80


def test_a_folder_from_a_posterior_is_refused(folder: Path) -> None:
    results = open_results(folder)
    change(results, posterior=posterior("f"))
    with pytest.raises(UserError, match="run from a posterior, so its parameters depend on each other"):
        sensitivity(results, "stargate_share")


def test_an_outer_fifth_without_a_sample_is_left_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LEAST_BASE, "sobol", 2)
    two = market("openai.dilution_limit", "openai.independence")
    answer = sensitivity(two, "openai_burn", years=2025, rows=2)
    sides = answer.factors.drop(index=LUCK)[["low_fifth", "high_fifth"]]
    assert sides.isna().any(axis=None)
    assert "nan" not in printed(answer)
    rows = [row for row in answer.document()["factors"] if row["factor"] in sides.index]
    assert None in [row[side] for row in rows for side in sides]


def test_a_folder_with_too_few_worlds_is_refused(tmp_path: Path) -> None:
    results = run("six", worlds=3, until=2025, out=tmp_path / "few", against=False)
    with pytest.raises(UserError, match=f"3 worlds are too few .*: use at least {LEAST_WORLDS}"):
        sensitivity(results, "stargate_share")


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ("--rows 64", "leave out --rows"),
        ("--method sobol", "sobol needs a config"),
        ("--seed 2", "leave out --seed"),
        ("--by firm", "groups, --by firm, need a config, and sobol"),
        ("--years 2026,soon", "--years: 'soon' is not a whole number"),
    ],
)
def test_the_command_refuses_to_run_for_a_folder(
    folder: Path, capsys: pytest.CaptureFixture[str], more: str, message: str
) -> None:
    with pytest.raises(SystemExit) as left:
        main(["sensitivity", str(folder), "--outcome", "stargate_share", *more.split()])
    assert left.value.code == 2
    assert message in capsys.readouterr().err


def test_the_command_answers_in_json_and_draws(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = tmp_path / "picture.html"
    command = ["sensitivity", str(folder), "--outcome", "openai_burn", "--json", "--plot", str(picture)]
    with pytest.raises(SystemExit) as left:
        main(command)
    document = json.loads(capsys.readouterr().out)
    assert left.value.code in (0, None)
    assert (document["outcome"], document["when"], document["unit"]) == ("openai_burn", "in 2026", "$ bn")
    assert {"factor", "unit", "p5", "p95", "S1", "S1_conf", "low_fifth", "high_fifth"} == set(
        document["factors"][0]
    )
    assert "What OpenAI burn in 2026 depends on" in picture.read_text("utf-8")


def printed(answer: Sensitivity) -> str:
    written = io.StringIO()
    answer.show(Console(width=80, file=written))
    return written.getvalue()
