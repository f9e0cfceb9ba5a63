"""Golden figures: quantiles and sums of every column of every table, for every shipped config and question.

To renew them on purpose: `python -m tests.golden.figures`, with a line in the changelog.
"""

from __future__ import annotations

import json
import math
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import computeshift as cs

HERE = Path(__file__).parent
TABLES, ANSWERS = HERE / "tables", HERE / "answers"
WORLDS, SEED = 40, 1
GROUPS = {"flows": "kind", "decisions": "decision", "deals": "kind"}
"""Tables whose rows are about different things: their figures are given by this column."""
KEYS = {
    "design": ["world"],
    "market": ["world", "year"],
    "agents": ["world", "year", "agent"],
    "flows": ["world", "year", "source", "target", "kind", "unit", "measure"],
    "decisions": ["world", "year", "firm", "decision", "limit"],
    "deals": ["world", "year", "deal", "source", "target", "site", "origin", "kind"],
}
"""The columns that identify a row of a table."""
QUANTILES = {"min": 0.0, "p10": 0.1, "median": 0.5, "p90": 0.9, "max": 1.0}
TOLERANCE = 1e-12
"""Of a column's largest absolute value: versions of numpy differ in last bits."""

NOT_COMPARED = ("hash", "seconds", "wall_time_s", "where")
"""Entries of documents that differ between two runs or two folders of the same program."""
MOST_WORDS = 30
"""How many different words of a column are listed with their counts; of more, only how many there are."""

QUESTIONS: dict[str, Callable[[], Any]] = {
    "compare": lambda: cs.compare(["six", "no_mgx"], worlds=60, base="six"),
    "strategies": lambda: cs.strategies("oracle", worlds=60, config="six"),
    "game": lambda: cs.game(["oracle", "mgx"], worlds=60, config="six"),
    "sensitivity": lambda: cs.sensitivity("six", "stargate_share", rows=16),
    "sensitivity_morris": lambda: cs.sensitivity("six", "burn_2027", method="morris", rows=8),
    "discover": lambda: cs.discover("six", "burn_2027", worlds=600),
    "explain": lambda: cs.explain("six", "oracle", 2027, worlds=60),
    "risk": lambda: cs.risk("six", worlds=60),
    "calibrate": lambda: cs.calibrate(worlds=2000),
    "backtest": lambda: cs.backtest(worlds=2000),
}
"""Every question on a small run."""


def configs() -> list[str]:
    """The names of the shipped configs, wherever a checkout has them."""
    files = (Path(cs.__file__).parent / "experiments").rglob("six.yaml")
    return sorted(file.stem for file in next(files).parent.glob("*.yaml"))


def run(config: str, folder: Path) -> cs.Results:
    """A run of a shipped config with everything kept."""
    return cs.run(config, worlds=WORLDS, seed=SEED, keep="all", out=folder / config)


def tables(results: cs.Results) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every table of a run by name, its rows sorted by their key."""
    for name, key in KEYS.items():
        frame = results.read(name)
        there = [column for column in key if column in frame]  # another checkout may lack one
        yield name, frame.sort_values(there, kind="stable", ignore_index=True)


def figures_of(results: cs.Results) -> pd.DataFrame:
    """The golden figures of a run: one row per table, group and column."""
    found = []
    for name, frame in tables(results):
        columns = [column for column in frame if column not in KEYS[name]]
        grouped = frame.groupby(GROUPS[name], observed=True) if name in GROUPS else [("", frame)]
        for group, part in grouped:
            found += [_figures(name, str(group), str(column), part[column]) for column in columns]
    return pd.DataFrame(found)


def _figures(table: str, group: str, column: str, values: pd.Series[Any]) -> dict[str, Any]:
    """Sum and quantiles of a column of numbers; of a column of words, how often each occurs."""
    row = {"table": table, "group": group, "column": column, "rows": len(values)}
    if not (pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)):
        counts = values.astype("str").value_counts().sort_index()
        listed = " ".join(f"{word}:{count}" for word, count in counts.items())
        return row | {"words": listed if len(counts) <= MOST_WORDS else f"{len(counts)} different"}
    numbers = values.dropna().to_numpy(np.float64)
    row |= {"filled": len(numbers), "words": ""}
    if not len(numbers):
        return row
    quantiles = np.quantile(numbers, [*QUANTILES.values()]).tolist()
    return row | {"sum": math.fsum(numbers.tolist())} | dict(zip(QUANTILES, quantiles, strict=True))


def plain(answer: Any) -> Any:
    """An answer's document: lists of records as the figures of their columns, the rest as it is."""
    document = json.loads(json.dumps(answer.document()))
    return _plain(document)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items() if key not in NOT_COMPARED}
    if isinstance(value, list) and value and all(isinstance(row, dict) for row in value):
        frame = pd.json_normalize(value)
        columns = [column for column in frame if column not in NOT_COMPARED]
        rows = [_figures("", "", str(column), _numbers(frame[column])) for column in columns]
        return [{key: entry for key, entry in row.items() if entry != ""} for row in rows]
    return value


def _numbers(column: pd.Series[Any]) -> pd.Series[Any]:
    """A column of records as numbers if it has nothing else; what JSON has as null is empty."""
    known = column.dropna()
    if len(known) and known.map(lambda cell: isinstance(cell, int | float)).all():
        return column.astype(np.float64)
    return column.map(lambda cell: json.dumps(cell) if isinstance(cell, list | dict) else cell)


def differences(mine: pd.DataFrame, golden: pd.DataFrame) -> list[str]:
    """What differs between figures and the golden ones, one line per figure; empty if nothing does."""
    now, then = _by_column(mine), _by_column(golden)
    told = [f"{'/'.join(key)} is missing" for key in then if key not in now]
    told += [f"{'/'.join(key)} is new" for key in now if key not in then]
    for key in then:
        if key in now:
            told += [f"{'/'.join(key)}: {line}" for line in _moved(now[key], then[key])]
    return told


def _by_column(figures: pd.DataFrame) -> dict[tuple[str, str, str], dict[str, Any]]:
    """The figures of each column, by table, group and column."""
    rows: Any = figures.set_index(["table", "group", "column"]).to_dict("index")
    return dict(rows)


def _moved(mine: Mapping[str, Any], golden: Mapping[str, Any]) -> Iterator[str]:
    """Which figures of a column moved by more than the tolerance of its largest absolute value."""
    for name in ("rows", "filled", "words"):
        if not (mine[name] == golden[name] or (_empty(mine[name]) and _empty(golden[name]))):
            yield f"{name} was {golden[name]}, is {mine[name]}"
    largest = max((abs(golden[q]) for q in ("min", "max") if not _empty(golden[q])), default=0.0)
    for name in ("sum", *QUANTILES):
        scale = largest * (golden["rows"] if name == "sum" else 1)
        now, then = mine[name], golden[name]
        if _empty(now) != _empty(then) or (not _empty(then) and abs(now - then) > TOLERANCE * scale):
            yield f"{name} was {then!r}, is {now!r}"


def _empty(value: Any) -> bool:
    return value == "" or (isinstance(value, float) and math.isnan(value))


def read(config: str) -> pd.DataFrame:
    """The golden figures of a config."""
    text = {"table": "str", "group": "str", "column": "str", "words": "str"}
    frame = pd.read_csv(TABLES / f"{config}.csv", keep_default_na=False, na_values=[""], dtype=text)
    return frame.fillna(dict.fromkeys(text, ""))


def read_answer(question: str) -> Any:
    """The golden document of a question."""
    return json.loads((ANSWERS / f"{question}.json").read_text(encoding="utf-8"))


def answer_differences(mine: Any, golden: Any, path: str = "") -> Iterator[str]:
    """Where two plain documents differ by more than the tolerance, one line per place."""
    if isinstance(mine, dict) and isinstance(golden, dict):
        scale = max((abs(v) for v in golden.values() if isinstance(v, float)), default=0.0)
        for key in {**golden, **mine}:
            where = f"{path}.{key}".lstrip(".")
            if key not in mine or key not in golden:
                yield f"{where} is {'missing' if key in golden else 'new'}"
            elif not _close(mine[key], golden[key], scale if "rows" in golden else None):
                yield from answer_differences(mine[key], golden[key], where)
    elif isinstance(mine, list) and isinstance(golden, list) and len(mine) == len(golden):
        for at, (now, then) in enumerate(zip(mine, golden, strict=True)):
            if not _close(now, then, None):
                yield from answer_differences(now, then, f"{path}[{at}]")
    else:
        yield f"{path} was {golden!r}, is {mine!r}"


def _close(mine: Any, golden: Any, scale: float | None) -> bool:
    """Whether two entries are equal, numbers to the tolerance of `scale` (None: of the golden one)."""
    if isinstance(mine, float) and isinstance(golden, float):
        return abs(mine - golden) <= TOLERANCE * (abs(golden) if scale is None else scale)
    return bool(mine == golden)


def main() -> None:
    """Write the golden figures anew."""
    for folder in (TABLES, ANSWERS):
        folder.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as runs:
        for config in configs():
            figures_of(run(config, Path(runs))).to_csv(TABLES / f"{config}.csv", index=False)
    for name, ask in QUESTIONS.items():
        text = json.dumps(plain(ask()), indent=1, ensure_ascii=False)
        (ANSWERS / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
