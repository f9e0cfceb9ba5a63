"""The program as users start it: `python -m computeshift`, its version, completion in the shell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import computeshift as cs
from computeshift.experiments.config.source import names

ROOT = Path(__file__).parents[3]


def printed(*arguments: str, **environment: str) -> str:
    """What `python -m computeshift` prints."""
    call = [sys.executable, "-m", "computeshift", *arguments]
    env = os.environ | environment
    return subprocess.run(call, capture_output=True, text=True, check=False, cwd=ROOT, env=env).stdout


def test_it_prints_its_version() -> None:
    assert printed("--version") == f"computeshift {cs.__version__}\n"


@pytest.mark.parametrize(
    ("line", "completed"),
    [
        ("run ", [*names(), "docs/"]),
        ("compare six soft", ["softbank_crunch"]),
        ("run softbank_crunch --set softbank.stra", ["softbank.strategy=exit"]),
        ("risk six --set services.elas", ["services.elasticity="]),
        ("strategies openai --config end_of", ["end_of_2022"]),
    ],
)
def test_the_shell_completes_configs_folders_and_settings(line: str, completed: list[str]) -> None:
    words = {"_COMPUTESHIFT_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    offered = printed(**words, _TYPER_COMPLETE_ARGS=f"computeshift {line}").split()
    assert set(completed) <= set(offered)
    start = line.rpartition(" ")[2]
    assert all(text.startswith(start) for text in offered)


@pytest.mark.parametrize(
    ("words", "heavy"),
    [
        ("risk --help", "numpy pandas mesa scipy ruamel"),
        ("check six", "pandas pyarrow scipy networkx matplotlib rich.table"),
        ("list", "pandas pyarrow scipy networkx matplotlib"),
        (
            "run six --worlds 2 --out two",
            "networkx matplotlib scipy.stats scipy.spatial scipy.linalg._misc scipy.special._basic "
            "mesa.space mesa.batchrunner tqdm",
        ),
    ],
)
def test_a_command_imports_nothing_heavy_that_it_does_not_use(words: str, heavy: str, tmp_path: Path) -> None:
    code = (
        "import sys; from computeshift.experiments.cli.main import main\n"
        f"try: main({words.split()})\n"
        f"except SystemExit: print([m for m in {heavy.split()} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_the_package_itself_imports_almost_nothing() -> None:
    code = "import sys; before = {*sys.modules}; import computeshift; print(*({*sys.modules} - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    found = {name.partition(".")[0] for name in done.stdout.split()}
    assert found <= {"computeshift", *sys.stdlib_module_names}
