"""The digest covers what decides numbers, found by following imports."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeshift.experiments.run import digest

HOME = Path(digest.__file__).parents[2]
FILES = {file.relative_to(HOME).as_posix() for file in digest.files()}


def test_it_covers_the_model_and_what_draws_decides_and_stores_its_numbers() -> None:
    for folder in ("agents", "environment"):
        assert {f"{folder}/{file.name}" for file in (HOME / folder).glob("*.py")} <= FILES
    stored = ("claims.py", "claims.yaml", "levels.py", "outcomes.py", "store.py", "tables.py")
    assert {f"experiments/results/{name}" for name in stored} <= FILES
    drawn = ("block.py", "design.py", "draws.py", "fork.py", "posterior.py", "task.py")
    assert {f"experiments/run/{name}" for name in drawn} <= FILES


def test_it_leaves_out_what_only_asks_or_shows() -> None:
    others = (
        "experiments/cli",
        "experiments/run/run.py",
        "experiments/run/cluster.py",
        "experiments/views/plots",
    )
    assert not [file for file in FILES if file.startswith(others)]


def test_it_finds_every_way_to_import(tmp_path: Path) -> None:
    """At the top, in a function, under `try`, with or without `from`; not what only a type checker reads."""
    file = tmp_path / "written.py"
    file.write_text(
        "from typing import TYPE_CHECKING\n"
        "import computeshift.agents.lab\n"
        "from computeshift.environment.market import (\n    VARIABLES,  # (W,)\n    ComputeMarket,\n)\n"
        "try:\n\tfrom computeshift.agents import cloud as clouds\nexcept ImportError:\n\tpass\n"
        "if TYPE_CHECKING:\n    from computeshift.agents.mgx import MGX\n"
        "def lazy():\n    if True:\n        from computeshift.experiments.results.claims import claims\n"
    )
    found = {name for name in digest._imports(file) if digest._file(name)}
    modules = ("agents.lab", "environment.market", "agents.cloud", "experiments.results.claims")
    assert {f"computeshift.{name}" for name in modules} < found
    assert "computeshift.agents.mgx" not in found


def test_any_change_of_any_of_its_files_changes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((HOME / name).read_bytes())
    monkeypatch.setattr(digest, "_HOME", tmp_path)
    seen = {digest.model.__wrapped__()}
    for name in ("agents/openai.py", "experiments/results/claims.yaml", "experiments/run/posterior.py"):
        with (tmp_path / name).open("a") as file:
            file.write("\n# changed\n")
        seen.add(digest.model.__wrapped__())
    assert len(seen) == 4
