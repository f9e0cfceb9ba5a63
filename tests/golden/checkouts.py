"""Compare two checkouts on this machine, to the last bit: every shipped config and every question.

    python tests/golden/checkouts.py OLD NEW

Rows are sorted by their key; documents are compared without times and hashes. The exit code is 1 if
anything differs. What is compared is what both checkouts have; what only one has is named.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

HERE = Path(__file__).resolve().parents[2]
sys.path.append(str(HERE))

from tests.golden import figures  # noqa: E402


def dump(folder: Path) -> None:
    """Write every table and every document of the checkout that is imported into a folder."""
    with tempfile.TemporaryDirectory() as runs:
        for config in figures.configs():
            for name, frame in figures.tables(figures.run(config, Path(runs))):
                frame.to_parquet(folder / f"{config}.{name}.parquet")
    for name, ask in figures.QUESTIONS.items():
        document = json.dumps(without_times(ask().document()), indent=1, sort_keys=True)
        (folder / f"{name}.json").write_text(document, encoding="utf-8")


def without_times(value: object) -> object:
    """A document without times and hashes, which differ between two runs of the same program."""
    if isinstance(value, dict):
        return {key: without_times(inner) for key, inner in value.items() if key not in figures.NOT_COMPARED}
    return [without_times(inner) for inner in value] if isinstance(value, list | tuple) else value


def dumped(checkout: Path, folder: Path) -> None:
    """Dump a checkout in a process of its own, which imports that checkout and these figures."""
    folder.mkdir()
    code = (
        "import pathlib, sys\n"
        f"sys.path.insert(0, {str(checkout)!r})\n"
        "import computeshift\n"
        f"assert computeshift.__file__.startswith({str(checkout)!r}), computeshift.__file__\n"
        f"sys.path[0] = {str(HERE)!r}\n"
        "from tests.golden import checkouts\n"
        f"checkouts.dump(pathlib.Path({str(folder)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=folder, env=os.environ | {"PYTHONPATH": ""})


def differences(old: Path, new: Path) -> Iterator[str]:
    """What differs between two dumps, one line per column or document."""
    mine, theirs = ({file.name for file in folder.iterdir()} for folder in (new, old))
    yield from (f"{name}: only in {'NEW' if name in mine else 'OLD'}" for name in sorted(mine ^ theirs))
    for name in sorted(mine & theirs):
        if name.endswith(".json"):
            if (old / name).read_text() != (new / name).read_text():
                yield f"{name}: the documents differ"
        else:
            then, now = pd.read_parquet(old / name), pd.read_parquet(new / name)
            yield from (f"{name}: {line}" for line in _columns(then, now))


def _columns(then: pd.DataFrame, now: pd.DataFrame) -> Iterator[str]:
    if len(then) != len(now):
        yield f"{len(then)} rows, now {len(now)}"
        return
    yield from (f"column {column} is gone" for column in then if column not in now)
    yield from (f"column {column} is new" for column in now if column not in then)
    for column in (column for column in then if column in now):
        before, after = then[column].to_numpy(), now[column].to_numpy()
        if before.dtype == after.dtype == np.float64:
            same = before.view(np.int64) == after.view(np.int64)
        else:
            same = np.array(_words(then[column])) == np.array(_words(now[column]))
        if not same.all():
            largest = (
                f", by at most {np.nanmax(np.abs(after - before)):g}" if after.dtype == np.float64 else ""
            )
            yield f"column {column} differs in {(~same).sum():,} of {len(same):,} rows{largest}"


def _words(column: pd.Series[Any]) -> list[str]:
    """The cells of a column as text; an empty one is empty."""
    return ["" if missing else str(cell) for cell, missing in zip(column, column.isna(), strict=True)]


def main() -> int:
    """Dump both, compare, print what differs."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("old", type=Path, help="folder of the checkout to compare with")
    parser.add_argument("new", type=Path, nargs="?", default=HERE, help="folder of the changed checkout")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as work:
        folders = {name: Path(work) / name for name in ("old", "new")}
        for name, folder in folders.items():
            dumped(getattr(given, name).resolve(), folder)
        found = list(differences(folders["old"], folders["new"]))
    print("\n".join(found) if found else "no bit differs")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
