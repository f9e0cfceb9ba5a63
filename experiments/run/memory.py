"""The memory of a block: what one block frees, the next one uses again."""

from __future__ import annotations

import ctypes
import functools
import sys
from collections.abc import Mapping

_KEPT = 2**30  # bytes that stay with the program when they are freed
_LARGEST = 2**25  # bytes of one array: the most that mallopt(3) allows; glibc 2.31 refuses more
_TRIM_THRESHOLD, _MMAP_THRESHOLD, _ARENA_MAX = -1, -3, -8  # as glibc's malloc.h numbers them


@functools.cache
def keep_freed() -> None:
    """Ask glibc to keep what is freed, from now on, in place of handing it back to the system.

    A block makes and frees thousands of arrays; each page that comes back from the system must be
    mapped and zeroed again, which costs more than the arithmetic on it. Elsewhere nothing happens.
    """
    _tell_malloc({_TRIM_THRESHOLD: _KEPT, _MMAP_THRESHOLD: _LARGEST})


def share_freed() -> None:
    """Ask glibc to let all threads use the memory that any of them freed; call it before they start.

    Otherwise each thread has an arena of its own, which is empty when its first run begins and hands back
    what it frees: a run that a server plays in whichever thread is free then takes twice as long.
    """
    _tell_malloc({_ARENA_MAX: 1})


def _tell_malloc(options: Mapping[int, int]) -> None:
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        for option, value in options.items():
            mallopt(option, value)
