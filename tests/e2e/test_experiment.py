"""An experiment that is killed again and again loses nothing."""

from __future__ import annotations

import random
import time
from pathlib import Path

from computeshift.experiments.config.experiment import load_experiment
from computeshift.experiments.questions.experiment.experiment import experiment
from computeshift.experiments.run.cells import simulate_cells
from tests.e2e.forked import forked

GRID = {"softbank.strategy": ["vision", "exit"], "shocks.nav_fall.size": [0, 0.3, 0.6], "until": 2026}
WORLDS, KILLS = 6, 10


def simulate(folder: Path) -> None:
    """What the process that is killed does."""
    simulate_cells(load_experiment("six", GRID, worlds=WORLDS), folder)


def written(folder: Path) -> dict[Path, int]:
    """When each part of finished cells was written."""
    done = [cell for cell in folder.glob("cells/*") if '"finished"' in manifest(cell)]
    return {part: part.stat().st_mtime_ns for cell in done for part in cell.rglob("*.parquet")}


def manifest(cell: Path) -> str:
    file = cell / "manifest.json"
    return file.read_text("utf-8") if file.exists() else ""


def test_an_experiment_killed_ten_times_ends_as_one_that_never_was(tmp_path: Path) -> None:
    folder, chance = tmp_path / "killed", random.Random(3)
    for _ in range(KILLS):
        before = written(folder)
        running = forked(simulate, folder)
        deadline = time.monotonic() + chance.uniform(0.3, 1.2)
        while time.monotonic() < deadline and running.is_alive():
            time.sleep(0.01)
        running.kill()
        running.join()
        assert before.items() <= written(folder).items()
    ended = experiment("six", set=GRID, worlds=WORLDS, out=folder)
    straight = experiment("six", set=GRID, worlds=WORLDS, out=tmp_path / "straight")
    assert written(folder).keys() >= before.keys()
    assert ended.rows.equals(straight.rows)
    assert not list(folder.rglob("*.half"))
