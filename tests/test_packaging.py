"""What is installed is what stands in the tree, and it is light."""

from __future__ import annotations

import glob
import os
import shutil
import subprocess
import sys
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


def test_imports_go_one_way() -> None:
    """The contracts of pyproject.toml."""
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    call = ["bash", str(ROOT / ".ci" / "imports")]
    done = subprocess.run(call, env=os.environ | {"PATH": tools}, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys, computeshift\n"
        "from computeshift.experiments.cli.main import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print([m for m in ('mesa', 'pandas', 'numpy', 'scipy', 'pyarrow') if m in sys.modules])\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")
