"""First-order indices from worlds that were drawn at random: random balance designs (RBD-FAST)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.float64]

HARMONICS = 4  # as many as tell a bend from noise


def first_order(columns: Numbers, outcomes: Numbers) -> Numbers:
    """The part of the outcomes' variance that each column makes alone, `(k,)`.

    `columns` are `(k, n)`, `outcomes` `(n,)` or one row per column. Sorted by a column, up and down again,
    outcomes that hang on it are a slow wave: its first harmonics hold that part (Tarantola et al. 2006,
    Plischke 2010), less what chance puts there (Tissot and Prieur 2012).
    """
    order = np.argsort(columns, axis=-1)
    order = np.concatenate([order[:, ::2], order[:, 1::2][:, ::-1]], axis=-1)
    wave = np.take_along_axis(np.broadcast_to(outcomes, columns.shape), order, axis=-1)
    count = columns.shape[-1]
    power = np.abs(np.fft.rfft(wave - wave.mean(axis=-1, keepdims=True))[:, 1:]) ** 2
    if count % 2 == 0:
        power[:, -1] /= 2  # the fastest wave has no mirror image
    share = power[:, :HARMONICS].sum(axis=-1) / power.sum(axis=-1)
    chance = 2 * HARMONICS / count
    index: Numbers = share - chance / (1 - chance) * (1 - share)
    return index


def spread(column: Numbers, outcomes: Numbers, resamples: int, rng: np.random.Generator) -> float:
    """The standard deviation of one column's index over random halves of the worlds."""
    halves = rng.integers(0, len(column), size=(resamples, len(column) // 2))
    return float(first_order(column[halves], outcomes[halves]).std(ddof=1))
