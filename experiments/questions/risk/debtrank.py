"""DebtRank: what a network of exposures loses when one of its nodes fails."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
SETTLED = 1e-9  # a share of a buffer: below it nothing moves any more


def links(exposure: Array, buffer: Array) -> Array:
    """Exposures, `(W, n, n)`, as shares of the buffers, `(W, n)`, of those exposed: 0 to 1.

    `exposure[w, i, j]` is what `i` loses when `j` fails. Who is exposed without a buffer loses all.
    """
    has = buffer > 0
    relative = exposure / np.where(has, buffer, 1.0)[:, :, None]
    return np.clip(np.where(has[:, :, None], relative, np.sign(exposure)), 0.0, 1.0)


def impact(linked: Array) -> Array:
    """The part of its buffer that `i` has lost, `(W, n, n)`, once the failure of `j` has run its course.

    `linked[w, i, j]` is the part of `i`'s buffer that depends on `j`. A node that loses a part of its
    buffer passes on that part of what others hold on it, until no node has more to lose: the least solution
    of `h = min(1, shock + linked h)`, which is the differential DebtRank of Bardoscia, Battiston,
    Caccioli and Caldarelli (2015), that counts what goes round a cycle, after Battiston, Puliga,
    Kaushik, Tasca and Caldarelli (2012). A world's numbers depend on that world alone.
    """
    shock = np.broadcast_to(np.eye(linked.shape[-1]), linked.shape)
    lost = shock.copy()
    moving = np.arange(len(linked))
    while moving.size:
        more = np.minimum(1.0, shock[moving] + linked[moving] @ lost[moving])
        moved = np.abs(more - lost[moving]).max(axis=(1, 2)) > SETTLED
        lost[moving] = more
        moving = moving[moved]
    return lost


def debtrank(lost: Array, buffer: Array) -> Array:
    """The part of all buffers, `(W, n)`, that others lose with each `j`, `(W, n)`.

    All buffers hold that of `j` too, as in Battiston et al. (2012).

    Zero where no node has a buffer. `lost` is an `impact`, `(W, n, n)`.
    """
    others = lost * (1 - np.eye(lost.shape[-1]))
    weight = np.maximum(buffer, 0.0)
    total = weight.sum(axis=1, keepdims=True)
    losses: Array = np.einsum("wij,wi->wj", others, weight) / np.where(total > 0, total, 1.0)
    return losses
