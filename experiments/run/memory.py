"""The memory of a block: what one block frees, the next one uses again."""

from __future__ import annotations

import ctypes
import functools
import sys

_KEPT = 2**30  # bytes; far more than a block frees at a time
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3  # as glibc's malloc.h numbers them


@functools.cache
def keep_freed() -> None:
    """Ask glibc to keep what is freed, from now on, in place of handing it back to the system.

    A block makes and frees thousands of arrays; each page that comes back from the system must be
    mapped and zeroed again, which costs more than the arithmetic on it. Elsewhere nothing happens.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_TRIM_THRESHOLD, _KEPT)
        mallopt(_MMAP_THRESHOLD, _KEPT)
