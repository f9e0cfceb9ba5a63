"""What is installed is what stands in the tree, and it is light."""

from __future__ import annotations

import subprocess
import sys
import time
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_every_module_and_data_file_is_packaged() -> None:
    setup = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]
    folders = {name: ROOT / place for name, place in setup["package-dir"].items()}
    assert set(folders) == set(setup["packages"])
    tracked = {
        path
        for top in ("agents", "environment", "experiments")
        for path in (ROOT / top).rglob("*")
        if path.suffix in {".py", ".yaml", ".csv"} and "__pycache__" not in path.parts
    }
    covered = {path for folder in folders.values() for path in folder.glob("*.py")}
    for name, patterns in setup["package-data"].items():
        for pattern in patterns:
            covered |= set(folders[name].glob(pattern))
    assert tracked <= covered, sorted(tracked - covered)


def test_imports_run_one_way() -> None:
    for folder in ("agents", "environment"):
        for path in (ROOT / folder).glob("*.py"):
            text = path.read_text()
            for heavy in ("pandas", "pyarrow", "typer", "rich", "matplotlib", "computeshift.experiments"):
                assert f"import {heavy}" not in text, path
                assert f"from {heavy}" not in text, path


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    code = (
        "import sys, computeshift\n"
        "from computeshift.experiments.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('mesa', 'pandas', 'numpy', 'scipy', 'pyarrow') if m in sys.modules])\n"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert time.perf_counter() - started < 5  # half a second here; slack for a busy machine
