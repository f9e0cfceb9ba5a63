"""Marks by what tests use and where they are; what tests of economics measured, printed at the end."""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # pytest-xdist has a process per core; before numpy comes

import gc
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.behaviour.worlds import MEASURED

settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")

FAST = (
    *("computeshift/", "tests/agents/", "tests/environment/", "tests/test_packaging.py"),
    *(f"tests/experiments/config/test_{name}.py" for name in ("config", "facts", "plugins")),
    *(f"tests/experiments/run/test_{name}.py" for name in ("design", "memory", "posterior", "run")),
    *(f"tests/experiments/results/test_{name}.py" for name in ("claims", "results")),
    *(f"tests/experiments/questions/evidence/test_{name}.py" for name in ("fact", "measures", "weighing")),
    *(
        "tests/experiments/questions/games/test_equilibria.py",
        "tests/experiments/questions/risk/test_debtrank.py",
    ),
    *("tests/experiments/views/dashboard/test_settings.py", "tests/experiments/views/plots/test_server.py"),
)
"""How the ids of tests begin that take about a minute in all, and use every dependency."""
ALSO_FAST = {
    # worker processes
    "test_a_users_strategy_travels_to_workers_and_its_failure_comes_back": "tests/e2e/test_survival.py",
    # scoringrules
    "test_facts_after_the_cut_move_no_weight_and_facts_appended_are_scored": (
        "tests/experiments/questions/evidence/test_backtest.py"
    ),
    "test_sobols_design_is_salibs": "tests/experiments/questions/sensitivity/test_sensitivity.py",
}
"""Single tests of other files, and where they are."""
SLOW = frozenset(
    {
        "test_a_folder_is_read_and_nothing_is_run",
        "test_a_game_with_equilibria_that_are_not_listed_is_degenerate",
        "test_a_right_model_covers_nine_in_ten_and_beats_a_wrong_rival",
        "test_an_array_has_a_value_for_each_world_of_the_run_whatever_its_blocks",
        "test_cutting_an_edge_is_a_what_if",
        "test_designs_played_together_or_alone_give_the_same_bits",
        "test_every_flow_follows_an_edge",
        "test_every_strategy_plays_and_matters",
        "test_every_variable_that_is_declared_is_set_once_a_market_has_stepped",
        "test_imports_go_one_way",
        "test_intervals_cover_the_truth_about_as_often_as_they_say",
        "test_many_blocks_leave_nothing_behind",
        "test_money_is_neither_made_nor_lost_and_stocks_follow_flows",
        "test_no_world_of_a_shipped_config_is_flagged_until_2035",
        "test_nobody_deals_over_a_tie_before_its_first_year",
        "test_nor_can_it_set_anything_in_the_market",
        "test_the_command_answers_in_json_and_draws",
        "test_the_commands_answer",
        "test_the_size_of_blocks_moves_no_number",
        "test_the_truth_lies_in_the_90_percent_interval_as_often_as_that",
        "test_thirty_firms_work",
        "test_until_its_first_year_a_tie_is_as_good_as_cut",
        "test_what_the_command_line_named_is_saved_in_full",
    }
)
"""Tests in those files that take a third of the time, of rules that no version of a library changes."""

LONG = frozenset(
    {
        "test_a_link_brings_back_all_that_is_on_the_screen",
        "test_its_output_is_todays[cases]",
        "test_a_run_killed_ten_times_ends_as_one_that_never_was",
        "test_it_says_what_it_says_today",
        "test_its_tables_are_todays",
        "test_the_quick_run_measures_every_part_of_the_page",
    }
)
"""The longest tests come first: at the end one of them would keep one core busy and the others idle."""

# Tests start the program some 150 times: what Python compiled is kept from one start to the next.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell leaves it in a background job
    signal.signal(signal.SIGINT, signal.default_int_handler)  # or no test could press Ctrl-C


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One process more than there are cores, four at most: tests of browsers and of commands often wait."""
    return min(os.cpu_count() or 1, 3) + 1


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark `browser` what drives one, `fast` what is quick and drives none; put the longest first."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")
        elif _is_fast(item):
            item.add_marker("fast")
    items.sort(key=lambda item: item.name not in LONG)


@pytest.fixture(scope="session", autouse=True)
def _no_wait_for_the_disk() -> Iterator[None]:
    """Files need not reach the disk: no test cuts the power, and a killed process loses none of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda file: None)
        yield


def pytest_collection_finish() -> None:
    """Modules and tests stay to the end: the garbage collector need not look through them again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 100)  # it has taken 4% of the time


def _is_fast(item: pytest.Item) -> bool:
    name = item.name.partition("[")[0]
    return name in ALSO_FAST or (item.nodeid.startswith(FAST) and name not in SLOW)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """With `-m fast`, read no file that has no fast test."""
    if collection_path.suffix != ".py" or not config.option.markexpr.startswith("fast"):
        return None
    name = collection_path.relative_to(config.rootpath).as_posix()
    return None if name.startswith(FAST) or name in ALSO_FAST.values() else True


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker process of pytest-xdist hands over what it measured."""
    if output := getattr(session.config, "workeroutput", None):
        output["measured"] = MEASURED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker process measured; one that crashed measured nothing."""
    MEASURED.extend(getattr(node, "workeroutput", {}).get("measured", []))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the effects and levels that were measured."""
    if MEASURED:
        terminalreporter.section("what the worlds say")
        for line in MEASURED:
            terminalreporter.write_line(line)
