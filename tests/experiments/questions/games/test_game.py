"""Strategies and games from end to end: planted structure, pairs, folders, and a user's mistakes."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from computeshift.experiments.cli.main import main
from computeshift.experiments.config.load import load
from computeshift.experiments.errors import UserError
from computeshift.experiments.questions.games.equilibria import RESAMPLES
from computeshift.experiments.questions.games.game import Game, game, solved
from computeshift.experiments.questions.games.payoffs import marked
from computeshift.experiments.questions.games.profiles import LEAST, Plays, play
from computeshift.experiments.questions.games.strategies import strategies
from computeshift.experiments.questions.intervals import mean_interval
from computeshift.experiments.results.files import POSTERIOR, writable
from computeshift.experiments.run import posterior
from computeshift.experiments.run.run import run
from computeshift.experiments.run.sample import Sample
from tests.experiments.folders import without_glossary

WORLDS = 40
SHORT = {"until": 2027}


def plays(first: np.ndarray, second: np.ndarray, noise: float = 0.0, worlds: int = 400) -> Plays:
    """Two players' payoffs as given, with independent noise for each profile and world."""
    draws = np.random.default_rng(5)
    tables: dict[tuple[str, ...], pd.DataFrame] = {}
    for (i, j), name in zip(np.ndindex(2, 2), itertools.product("ab", "xy"), strict=True):
        own = {}
        for player, payoff in (("openai", first), ("microsoft", second)):
            values = payoff[i, j] + noise * draws.standard_normal(worlds)
            own[player] = pd.DataFrame({"value": values, "distress": 0.0})
        tables[name] = pd.concat(own, axis=1)
    players: dict[str, tuple[str, ...]] = {"openai": ("a", "b"), "microsoft": ("x", "y")}
    kinds = {"openai": "openai", "microsoft": "microsoft"}
    return Plays(players, kinds, ("a", "x"), tables, {}, 1, 2024, 2030)


DILEMMA = (np.array([[3.0, 0.0], [5.0, 1.0]]), np.array([[3.0, 5.0], [0.0, 1.0]]))


def test_wide_margins_hold_in_every_resample() -> None:
    found = solved(plays(*DILEMMA, noise=0.01))
    assert [cell.profile for cell in found.pure] == [("b", "y")]
    assert found.pure[0].survives == found.any_pure == 1
    assert found.dominated == [(1, "openai", "a", {"b": 1.0}, 1.0), (1, "microsoft", "x", {"y": 1.0}, 1.0)]
    gain = found.cells["a", "x"].gain["openai"]
    assert gain[0] == pytest.approx(2, abs=0.01)
    assert gain[1] < gain[0] < gain[2]


def test_a_tie_in_expectation_holds_in_about_half() -> None:
    """The second player has one good column; the first's rows are as good as each other but for luck."""
    shares = []
    for seed in range(20):
        planted = plays(np.zeros((2, 2)), np.array([[9.0, 0.0], [9.0, 0.0]]), noise=0.0)
        draws = np.random.default_rng(seed)
        for table in planted.tables.values():
            table["openai", "value"] = draws.standard_normal(planted.worlds)
        found = solved(planted)
        shares.append(found.cells["a", "x"].survives)
        assert found.cells["a", "x"].survives + found.cells["b", "x"].survives == pytest.approx(1)
    assert np.mean(shares) == pytest.approx(0.5, abs=0.2)


def test_a_strategy_that_is_dominated_by_luck_alone_falls_in_some_resamples() -> None:
    """Both rows are as good but for luck; both columns say the same of the second player."""
    found = solved(plays(np.zeros((2, 2)), np.array([[9.0, 0.0], [9.0, 0.0]]), noise=0.5))
    shares = {(lost.player, lost.strategy): lost.survives for lost in found.dominated}
    assert shares["microsoft", "y"] == 1
    (by_luck,) = (share for (player, _), share in shares.items() if player == "openai")
    assert 0.5 < by_luck < 1
    assert (by_luck * RESAMPLES).is_integer()


def test_exact_ties_are_equilibria_all_and_told() -> None:
    found = solved(plays(np.zeros((2, 2)), np.zeros((2, 2))))
    assert len(found.pure) == 4
    assert found.degenerate


def test_a_cycle_has_a_mixed_equilibrium_that_survives() -> None:
    pennies = np.array([[1.0, -1.0], [-1.0, 1.0]])
    found = solved(plays(pennies, -pennies, noise=0.5))
    assert found.pure == []
    assert found.any_pure == 0
    assert found.mixed is not None
    (mixed,) = found.mixed
    assert mixed.survives == 1
    assert list(mixed.mix["openai"].values()) == pytest.approx([0.5, 0.5], abs=0.1)
    assert len(found.cycles[0]) == 4


@pytest.fixture(scope="module")
def duel() -> Game:
    return game(["openai", "softbank"], config="six", worlds=WORLDS, set=SHORT)


def test_a_games_own_row_is_the_firms_strategies(duel: Game) -> None:
    alone = strategies("openai", config="six", worlds=WORLDS, set=SHORT)
    for name in duel.players["openai"]:
        cell = duel.cells[name, "vision"]
        assert cell.payoff["openai"][0] == pytest.approx(alone.table["mean"][name], rel=1e-12)
    assert alone.reference == "shift"
    assert alone.table["best"].sum() == pytest.approx(1)
    assert (alone.table["regret"] >= 0).all()
    assert alone.table.loc["shift", "gain"] == 0
    assert alone.parts.sum(axis=1).to_numpy() == pytest.approx(alone.table["mean"].to_numpy())


def test_what_survives_adds_up_and_numbers_repeat(duel: Game) -> None:
    assert 0 <= duel.any_pure <= sum(cell.survives for cell in duel.cells.values())
    assert (duel.any_pure * RESAMPLES).is_integer()
    assert duel.document() == game(["openai", "softbank"], config="six", worlds=WORLDS, set=SHORT).document()


def test_the_config_says_what_is_played_by_default() -> None:
    found = strategies("softbank", config="six", worlds=WORLDS, set={"softbank.strategy": "exit"})
    assert found.reference == "exit"
    assert "SoftBank" in found.finding


def test_three_players_come_to_rest_somewhere() -> None:
    found = game(["softbank", "oracle", "mgx"], config="six", worlds=WORLDS, set=SHORT)
    assert len(found.cells) == 4 * 3 * 3
    assert found.mixed is None
    assert found.rest_points
    for mix, _ in found.rest_points:
        assert all(sum(own.values()) == pytest.approx(1) for own in mix.values())


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Six runs: three strategies of Oracle by two of SoftBank."""
    root = tmp_path_factory.mktemp("folders")
    found = {}
    for oracle, softbank in itertools.product(("build", "disciplined", "landgrab"), ("vision", "exit")):
        chosen = {"oracle.strategy": oracle, "softbank.strategy": softbank}
        out = root / f"{oracle}-{softbank}"
        run("six", worlds=WORLDS, set=chosen, out=out, against=False)
        found[oracle, softbank] = out
    return found


def test_folders_say_what_a_run_says(folders: dict[tuple[str, str], Path]) -> None:
    read = strategies("oracle", results=[path for (_, s), path in folders.items() if s == "vision"])
    played = strategies("oracle", worlds=WORLDS, config="six")
    pd.testing.assert_frame_equal(read.table, played.table, check_exact=True)
    pair = game(["oracle", "softbank"], results=list(folders.values()))
    assert pair.reference == ("build", "vision")
    assert pair.not_played == {"softbank": ["allin", "prudent"]}
    assert pair.cells["landgrab", "vision"].payoff["oracle"][0] == read.table.loc["landgrab", "mean"]


def test_folders_from_another_posterior_do_not_pair(
    folders: dict[tuple[str, str], Path], tmp_path: Path
) -> None:
    config = load("six")
    files = {}
    for name, multiple in (("low", 4.5), ("high", 6.0)):
        rows = pd.DataFrame({"capital.mature_multiple": [multiple]})
        files[name] = posterior.save(rows, writable(tmp_path / f"{name}.parquet", POSTERIOR), config, {})
    for strategy, name in (("build", "low"), ("landgrab", "low"), ("disciplined", "high")):
        chosen = {"oracle.strategy": strategy}
        out = tmp_path / strategy
        run("six", worlds=WORLDS, set=chosen, out=out, against=False, posterior=files[name])
    assert strategies("oracle", results=[tmp_path / "build", tmp_path / "landgrab"]).worlds == WORLDS
    with pytest.raises(UserError, match=r"its posterior is none, not .*low.parquet \(sha256 .{12}\)"):
        strategies("oracle", results=[tmp_path / "build", folders["landgrab", "vision"]])
    with pytest.raises(UserError, match=r"its posterior is .*high.parquet .*, not .*low.parquet"):
        strategies("oracle", results=[tmp_path / "build", tmp_path / "disciplined"])


def command_output(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    return int(left.value.code or 0), *capsys.readouterr()


def test_folders_that_do_not_pair_are_refused(
    folders: dict[tuple[str, str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    base = str(folders["build", "vision"])
    run("six", worlds=WORLDS, seed=2, set={"oracle.strategy": "landgrab"}, out=tmp_path / "luck")
    wider = {"oracle.strategy": "landgrab", "oracle.debt_limit": 9}
    run("six", worlds=WORLDS, set=wider, out=tmp_path / "debt", against=False)
    cases = {
        ("strategies", "oracle", base, str(tmp_path / "luck")): "its seed is 2, not 1",
        ("strategies", "oracle", base, str(tmp_path / "debt")): "firms.oracle.parameters.debt_limit",
        ("strategies", "oracle", base, str(folders["landgrab", "exit"])): "firms.softbank.strategy",
        ("strategies", "oracle", base, base): "hold the same profile, oracle=build",
        ("strategies", "oracle", base): "the folders hold one strategy of oracle, build",
        ("strategies", "oracle", base, "--seed", "3"): "leave out --seed",
        ("strategies", "oracle", str(tmp_path)): "is no results folder",
        ("strategies", "oracle", "--config", base): "is one results folder",
        ("game", "--players", "oracle,softbank", *map(str, list(folders.values())[:-1])): (
            "no folder holds oracle=landgrab, softbank=exit"
        ),
    }
    for command, message in cases.items():
        code, _, errors = command_output(capsys, *command)
        assert (code, "Traceback" in errors) == (2, False)
        assert message in errors


@pytest.mark.parametrize(
    ("command", "message"),
    [
        ("strategies opnai", "there is no firm 'opnai'; did you mean 'openai'?"),
        ("strategies stargate", "stargate is an institution: it settles and plays no strategy"),
        ("strategies nvidia --config circular_money", "nvidia (chipmaker) has one strategy, default"),
        ("strategies openai --worlds 5", "5 worlds are too few for an interval: use at least 30"),
        ("strategies openai --plot picture.gif", "a picture is FILE.html, FILE.svg or FILE.png"),
        ("game --players openai", "--players: a game needs two or more"),
        ("game --players openai,openai", "openai is named twice"),
        ("game --players openai,lenders", "lenders is an institution"),
        (
            "game --players openai,microsoft,softbank,oracle,mgx,deepseek",
            "2160 profiles are too many: leave out mgx and deepseek, then there are 240",
        ),
    ],
)
def test_a_mistake_is_told(capsys: pytest.CaptureFixture[str], command: str, message: str) -> None:
    code, _, errors = command_output(capsys, *command.split())
    assert code == 2
    assert message in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize(
    "command",
    [
        "strategies microsoft",
        "game --players softbank,mgx --config six",
        "game --players oracle,mgx,deepseek --config six",
    ],
)
def test_answers_fit_a_terminal_and_are_json(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: str
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    call = [*command.split(), "--worlds", str(WORLDS), "--set", "until=2025"]
    code, output, _ = command_output(capsys, *call, "--plot", str(tmp_path / "picture.svg"))
    assert code == 0
    assert max(map(len, output.splitlines()[:-1])) <= 80
    assert "…" not in output
    assert (tmp_path / "picture.svg").stat().st_size > 5_000
    code, output, _ = command_output(capsys, *call, "--json")
    assert code == 0
    assert json.loads(output)["worlds"] == WORLDS


def test_equal_strategies_seldom_look_better() -> None:
    """The best of four that are as good as the reference: its interval is above 0 by luck alone."""
    draws, found = np.random.default_rng(7), 0
    for _ in range(2000):
        payoffs = draws.standard_normal((5, LEAST))
        gains = (mean_interval(own - payoffs[0], 4) for own in payoffs[1:])
        found += max(gains)[1] > 0
    assert 0.005 < found / 2000 <= 0.04


def test_the_intervals_of_a_firms_other_strategies_hold_at_once() -> None:
    """Five strategies: the gain of each is one of four, in the answer and in the game."""
    asked = ["openai_revenue", "oracle.debt in 2026"]
    alone = strategies("openai", worlds=WORLDS, config="six", set=SHORT, outcomes=asked)
    pair = game(["openai", "mgx"], worlds=WORLDS, config="six", set=SHORT, outcomes=asked)
    known = play(["openai"], "six", (), Sample(worlds=WORLDS, set=SHORT))

    def gains(name: str, than: str) -> tuple[float, float, float]:
        change = known.payoff("openai", (name,)) - known.payoff("openai", (than,))
        return mean_interval(np.asarray(change, dtype=np.float64), 4)

    ends = alone.table[["gain", "gain_low", "gain_high"]]
    for name in ("stay", "spread", "own", "retrench"):
        assert ends.loc[[name]].to_numpy()[0] == pytest.approx(gains(name, "shift"))
    worst = pair.cells["retrench", "coinvest"]
    assert worst.gain["openai"] == pytest.approx(gains(worst.reply["openai"], "retrench"))
    of_one, of_two = (
        {(row["profile"], row["outcome"]): row for row in one.outcomes.to_dict("records")}
        for one in (alone, pair)
    )
    for name in asked:
        first, stay = of_one["openai=shift", name], of_one["openai=stay", name]
        assert (first["difference"], stay["difference"]) == pytest.approx((0.0, stay["mean"] - first["mean"]))
        assert of_two["openai=stay, mgx=coinvest", name]["difference"] == stay["difference"]
    assert without_glossary(alone) == without_glossary(pair) == []


def test_at_its_break_even_a_strategy_pays_what_the_reference_pays() -> None:
    found = strategies("mgx", config="six", worlds=WORLDS)
    even = found.break_even
    assert even is not None
    assert (even.strategy, even.part) == ("anchor", "stakes")
    scaled = found.parts.assign(stakes=found.parts["stakes"] * even.share).sum(axis=1)
    assert scaled["anchor"] == pytest.approx(scaled["coinvest"])
    assert f"it pays off only with stakes worth more than {even.share:.0%} of the mark" in found.finding
    assert found.document()["break_even"]["share"] == even.share
    assert strategies("mgx", config="six", worlds=WORLDS, set={"mgx.strategy": "anchor"}).break_even is None


def test_a_labs_valuation_is_marked_with_what_was_sold_of_it() -> None:
    parts = pd.Series({"valuation": 90.0, "dilution": -30.0, "cash": 4.0})
    assert marked(parts) == {"valuation": 60.0}


def test_progress_is_one_bar_over_all_profiles(tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    answer = strategies(
        "mgx", config="six", worlds=WORLDS, progress=lambda done, total: seen.append((done, total))
    )
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    assert {total for _, total in seen} == {3 * WORLDS}
    assert seen[-1][0] == 3 * WORLDS
    assert answer.plot(tmp_path / "picture.html").exists()
