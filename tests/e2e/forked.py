"""Processes that tests kill: copies of one that has imported what they need, so each starts at once."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from typing import Any


def forked(target: Callable[..., None], *arguments: Any) -> ForkServerProcess:
    """A process that runs this function of a module; it is started."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["tests.e2e.test_experiment", "tests.e2e.test_survival"])
    running = processes.Process(target=target, args=arguments)
    running.start()
    return running
