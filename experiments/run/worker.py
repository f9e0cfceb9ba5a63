"""A worker process: it simulates one block after the other for the run that started it.

It is started by name from a process that may have imported nothing yet, so heavy imports are inside.
"""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import threading
import traceback
from multiprocessing import connection, parent_process
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from computeshift.experiments.results.tables import Block
    from computeshift.experiments.run.task import Done, Failed, Task

PRELOAD = "computeshift.experiments.run.preload"

Wire = connection.Connection
"""Its messages: None when the worker is ready, then what became of each block that it gets.

A block comes with its tasks as bytes, or with None if they are those of the block before.
"""


def serve(wire: Wire) -> None:
    """Do what comes along the wire, until that is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run stops its workers itself
    threading.Thread(target=_end_with_parent, daemon=True).start()
    importlib.import_module(PRELOAD)
    try:
        wire.send(None)
        while True:
            written, block = wire.recv()
            if written is not None:
                tasks: tuple[Task, ...] = pickle.loads(written)
            wire.send(_outcome(tasks, block))
    except (EOFError, OSError):  # the run is over
        return


def _outcome(tasks: tuple[Task, ...], block: Block) -> list[Done | Failed] | Exception:
    """What became of a block, by task; the UserError of one that no worker could do."""
    from computeshift.experiments.errors import UserError
    from computeshift.experiments.run.task import Failed, Work

    try:
        return Work(tasks, block).run()
    except UserError as error:
        return error
    except Exception as error:
        failed = Failed(block, f"{type(error).__name__}: {error}", traceback.format_exc())
        return [failed] * len(tasks)


def _end_with_parent() -> None:
    """Should the run be killed, its workers end at once and write nothing more."""
    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)
