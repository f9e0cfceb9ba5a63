"""The digest covers what decides numbers, found by following imports."""

from __future__ import annotations

import ast
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


def test_it_finds_the_imports_that_python_reads() -> None:
    """Those of the whole module, lazy ones too, but not what only a type checker reads."""
    for name in sorted(FILES):
        file = HOME / name
        if file.suffix != ".py":
            continue
        tree = ast.parse(file.read_text("utf-8"))
        typed = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        imported = {
            node.module
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and id(node) not in typed
            if (node.module or "").startswith(digest.PACKAGE + ".")
        }
        assert imported <= set(digest._imports(file)), name


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
