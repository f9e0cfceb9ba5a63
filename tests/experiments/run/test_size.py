"""How much worlds take: near what they do take, said before, and refused where it does not fit."""

from __future__ import annotations

import subprocess
import sys
import threading
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.experiments.config.load import load
from computeshift.experiments.results.levels import Keep
from computeshift.experiments.run import size
from computeshift.experiments.run.block import blocks
from computeshift.experiments.run.run import run
from computeshift.experiments.views.dashboard.engine import Cancelled, Engine, Job


@pytest.mark.parametrize(
    ("config", "until", "keep"),
    [
        ("today", 2030, "all"),
        ("six", 2035, "flows"),
        ("end_of_2022", 2026, "agents"),
        ("no_mgx", 2030, "summary"),
    ],
)
def test_the_estimate_is_near_what_is_stored_and_not_below(
    config: str, until: int, keep: Keep, tmp_path: Path
) -> None:
    results = run(config, worlds=1_000, until=until, keep=keep, out=tmp_path / "run")
    stored = sum(part.stat().st_size for part in tmp_path.rglob("*.parquet"))
    assert stored <= size.disk_needed(results.config, 1_000, keep) <= 1.4 * stored


PEAK = """
import pathlib, sys
import computeshift as cs
cs.run("today", worlds=1_000, keep="summary", out=sys.argv[1])
status = pathlib.Path("/proc/self/status").read_text()
print(int(status.partition("VmHWM:")[2].split()[0]) * 1024)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="it reads /proc")
def test_worlds_take_no_more_memory_than_is_announced(tmp_path: Path) -> None:
    """As measured, with the full cast: its firms have more ties and deals than others."""
    command = [sys.executable, "-c", PEAK, str(tmp_path / "run")]
    peak = int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert peak < size.memory_needed(load("today"), 1_000, "summary", 1_000, 1) < 1.4 * peak


def test_blocks_are_made_one_by_one() -> None:
    tracemalloc.start()
    made = blocks(10**6, 1)
    assert [next(made).first for _ in range(3)] == [0, 1, 2]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


def test_a_run_that_does_not_fit_on_the_disk_is_refused_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(size, "free_disk", lambda _: 10**6)
    with pytest.raises(
        cs.UserError, match=r'1,000 worlds with `keep="all"` take about 38 MB on disk.* 1.0 MB'
    ):
        run("six", worlds=1_000, out=tmp_path / "new")
    assert not list(tmp_path.iterdir())
    results = run("six", worlds=20, out=tmp_path / "run")
    with pytest.raises(cs.UserError, match=r"980 worlds .* use at most \d+ worlds"):
        run("six", worlds=1_000, out=results.folder)
    assert cs.open(results.folder).worlds == 20


QUESTIONS: dict[str, Callable[[], object]] = {
    "run": lambda: cs.run("six", worlds=2_000),
    "compare": lambda: cs.compare(["six", "no_mgx"], base="six", worlds=30),
    "game": lambda: cs.game(["openai", "microsoft"], config="six", worlds=30),
    "strategies": lambda: cs.strategies("openai", config="six", worlds=30),
    "risk": lambda: cs.risk("six", worlds=30),
    "discover": lambda: cs.discover("six", "burn_2027", worlds=200),
    "sensitivity": lambda: cs.sensitivity("six", "stargate_share", rows=16),
    "calibrate": lambda: cs.calibrate(worlds=1_000),
    "backtest": lambda: cs.backtest(worlds=1_000),
    "predict": lambda: cs.predict("six", worlds=100_000),
    "explain": lambda: cs.explain("six", "oracle", 2027, worlds=2_000),
}


@pytest.mark.parametrize("question", QUESTIONS)
def test_what_does_not_fit_in_memory_is_refused_by_every_question(
    question: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(size, "free_memory", lambda: 250 * 10**6)
    with pytest.raises(cs.UserError, match=r"take up to .* of memory, and 250 MB are free; use "):
        QUESTIONS[question]()
    assert not list(tmp_path.iterdir())


def test_a_large_run_is_announced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(size, "_LARGE", 10**6)
    with pytest.warns(UserWarning, match=r'200 worlds with `keep="all"` take about 7.6 MB on disk'):
        run("six", worlds=200, out=tmp_path / "run")


def test_a_very_large_run_of_the_dashboard_is_refused_or_cancelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = Engine(tmp_path)
    monkeypatch.setattr(size, "free_disk", lambda _: 10**12)
    with pytest.raises(cs.UserError, match=r"take about .* TB on disk"):
        engine.run(Job(cs.load("six", {"worlds": 2**31 - 1})))
    monkeypatch.setattr(size, "free_disk", lambda _: 10**15)
    monkeypatch.setattr(size, "free_memory", lambda: None)
    monkeypatch.setattr(size, "_LARGE", 10**15)
    job = Job(cs.load("six", {"worlds": 2**31 - 1}))
    raised: list[BaseException] = []

    def play() -> None:
        try:
            engine.run(job)
        except Cancelled as cancelled:
            raised.append(cancelled)

    running = threading.Thread(target=play)
    running.start()
    while running.is_alive() and not job.done:
        running.join(0.05)
    job.cancelled = True
    running.join(60)
    assert raised
    assert not list(tmp_path.iterdir())
