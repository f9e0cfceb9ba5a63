"""What is installed is what stands in the tree, and it is light."""

from __future__ import annotations

import glob
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def test_a_wheel_holds_every_file_of_the_tree(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    left = shutil.ignore_patterns("__pycache__", "*.egg-info", ".*", "build", "dist")
    copy.mkdir()
    for name in ("agents", "computeshift", "environment", "experiments"):
        shutil.copytree(ROOT / name, copy / name, symlinks=True, ignore=left)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copy)
    build = "from setuptools import build_meta; build_meta.build_wheel('dist')"
    subprocess.run([sys.executable, "-c", build], cwd=copy, check=True, capture_output=True)
    (wheel,) = (copy / "dist").glob("*.whl")
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    tree = {
        path.relative_to(copy).as_posix()
        for path in map(Path, glob.glob(f"{copy}/computeshift/**", recursive=True))
        if path.is_file()
    }
    assert packed == tree


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
        "from computeshift.experiments.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('mesa', 'pandas', 'numpy', 'scipy', 'pyarrow') if m in sys.modules])\n"
    )
    started = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
    assert time.perf_counter() - started < 5  # half a second here; slack for a busy machine
