"""What happened after defaults, in these worlds: a test of what exposures foretold."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from computeshift.experiments.results.claims import wilson

Array = npt.NDArray[np.float64]
ENOUGH = 10
"""Defaults of a firm: fewer are too few for a share."""
DRAGGED, SPARED = 0.10, 0.01
"""Parts of a buffer: firms were to lose more, or less, than these."""


def defaults(defaulted: pd.DataFrame) -> pd.DataFrame:
    """In how many worlds a firm was in default: one row per firm and year in which any was.

    `defaulted` is worlds x (year, firm), 0 or 1. `begun` counts worlds in which it was not the year before.
    """
    rows = []
    for firm in defaulted.columns.unique(level=1):
        now = _of(defaulted, firm) > 0
        begun = _begun(now)
        for i, year in enumerate(defaulted.columns.unique(level=0)):
            low, high = wilson(int(now[:, i].sum()), len(now))
            rows.append((int(year), firm, now[:, i].sum(), begun[:, i].sum(), now[:, i].mean(), low, high))
    columns = ["year", "firm", "worlds", "begun", "share", "low", "high"]
    table = pd.DataFrame(rows, columns=columns)
    return table[table["worlds"] > 0].sort_values("year", kind="stable").reset_index(drop=True)


def cases(defaulted: pd.DataFrame, buffer: pd.DataFrame, impact: pd.DataFrame) -> pd.DataFrame:
    """Every firm not in default before, after every default of another that began: a row each.

    `defaulted` and `buffer` are worlds x (year, firm), `impact` worlds x (year, of, on). Defaults count
    from the second year on; `world` is the row they were in. `foretold` is
    what `on` was to lose, by the network of the year before. `lost` is by how much its buffer grew less,
    from the year before to the year after, than in the median world. `defaulted` and `shrank` (its
    buffer, below that of the year before) say what happened in that or the next year, `usually_` how
    often that happened to it in the same year in the worlds where `of` did not begin to default.
    """
    firms = list(defaulted.columns.unique(level=1))
    failed = {firm: _of(defaulted, firm) > 0 for firm in firms}
    fell = {firm: _fell(_of(buffer, firm)) for firm in firms}
    lost = {firm: _lost(_of(buffer, firm)) for firm in firms}
    rows = []
    for of in firms:
        begun = _begun(failed[of])
        begun[:, 0] = False
        for on in (firm for firm in firms if firm != of):
            ahead = impact.xs((of, on), axis=1, level=(1, 2)).to_numpy()
            foretold = np.concatenate([np.zeros((len(ahead), 1)), ahead[:, :-1]], axis=1)
            sound = ~_before(failed[on])
            case, others = begun & sound, ~begun & sound
            row = {"world": case.nonzero()[0], "of": of, "on": on}
            row |= {"foretold": foretold[case], "lost": lost[on][case]}
            for name, happened in (("defaulted", _soon(failed[on])), ("shrank", fell[on])):
                row[name] = happened[case].astype(float)
                usual = (happened & others).sum(axis=0) / np.maximum(others.sum(axis=0), 1)
                row[f"usually_{name}"] = np.broadcast_to(usual, case.shape)[case]
            rows.append(pd.DataFrame(row))
    return pd.concat(rows, ignore_index=True)


def after(cases: pd.DataFrame) -> pd.DataFrame:
    """What happened to a firm after defaults of another: one row per pair, the largest loss at stake first.

    Shares with their 95% intervals, cases of one world taken together (`worlds` counts these);
    `enough` says whether there were `ENOUGH` defaults to say anything.
    """
    return _summary(cases.groupby(["of", "on"], sort=False)).sort_values(
        "foretold", ascending=False, kind="stable"
    )


def verdict(cases: pd.DataFrame) -> pd.DataFrame:
    """The same for all pairs together: firms with much at stake, with little, and between."""
    bounds = [-np.inf, SPARED, DRAGGED, np.inf]
    names = [f"below {SPARED:.0%}", "between", f"{DRAGGED:.0%} or more"]
    group = pd.cut(cases["foretold"], bounds, right=False, labels=names).astype("str").rename("to_lose")
    table = _summary(cases.groupby(group))
    return table.set_index("to_lose").reindex([n for n in names[::-1] if n in set(group)]).reset_index()


def _summary(groups: pd.api.typing.DataFrameGroupBy[Any, Any]) -> pd.DataFrame:
    names = ["defaulted", "usually_defaulted", "shrank", "usually_shrank"]
    table = groups[names].mean()
    table.insert(0, "cases", groups.size())
    table.insert(1, "foretold", groups["foretold"].median())
    table.insert(2, "lost", groups["lost"].median())
    table.insert(1, "worlds", groups["world"].nunique())
    for name in ("defaulted", "shrank"):
        bounds = [_by_world(rows["world"], rows[name]) for _, rows in groups]
        table[f"{name}_low"], table[f"{name}_high"] = [b[0] for b in bounds], [b[1] for b in bounds]
    table["enough"] = table["cases"] >= ENOUGH
    return table.reset_index()


def _by_world(world: pd.Series[int], happened: pd.Series[float]) -> tuple[float, float]:
    """95% interval of a share whose cases come in worlds: Wilson's, of as many cases as these are worth.

    Their worth is their number over the design effect (Kish 1965), at least that of independent cases;
    where all cases agree, the number of worlds.
    """
    share, cases = happened.mean(), len(happened)
    worth = float(world.nunique())
    if 0 < share < 1 and worth > 1:
        apart = (happened - share).groupby(world).sum()
        variance = (apart**2).sum() * worth / (worth - 1) / cases**2
        worth = min(float(cases), share * (1 - share) / max(variance, 1e-12))
    return wilson(share * worth, worth)


def _before(now: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Where it was so the year before."""
    before = np.zeros_like(now)
    before[:, 1:] = now[:, :-1]
    return before


def _of(table: pd.DataFrame, firm: str) -> Array:
    """A firm's worlds x years."""
    return table.xs(firm, axis=1, level=1).to_numpy()


def _begun(now: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Where it is so, and was not the year before."""
    return now & ~_before(now)


def _soon(now: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Where it is so in that or the next year."""
    soon = now.copy()
    soon[:, :-1] |= now[:, 1:]
    return soon


def _fell(buffer: Array) -> npt.NDArray[np.bool_]:
    """Where a buffer is below the year before's in that or the next year; never in the first."""
    fell = np.zeros(buffer.shape, dtype=bool)
    fell[:, 1:] = np.minimum(buffer, _next(buffer))[:, 1:] < buffer[:, :-1]
    return fell


def _lost(buffer: Array) -> Array:
    """By how much a buffer grew less to the next year than in the median world; nan if it had none."""
    before = np.concatenate([np.zeros((len(buffer), 1)), buffer[:, :-1]], axis=1)
    grown = _next(buffer) / np.where(before > 0, before, np.nan)
    usual = pd.DataFrame(grown).median().to_numpy()
    lost: Array = 1 - grown / np.where(usual > 0, usual, np.nan)
    return lost


def _next(buffer: Array) -> Array:
    """The next year's, in the last year its own."""
    return np.concatenate([buffer[:, 1:], buffer[:, -1:]], axis=1)
