"""A dashboard in a process of its own, and the folder for temporary files that it was given."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

PATIENCE = 60_000  # milliseconds: the machine may be busy
CALL = [sys.executable, "-m", "computeshift"]


class Server:
    """A dashboard that was started as a user starts it."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}/"
        self.temporary = folder / "temporary"
        self.temporary.mkdir()
        self.log = folder / "log"
        env = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
        env |= {"TMPDIR": str(self.temporary), "PYTHONPATH": os.pathsep.join(sys.path)}
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*CALL, "dashboard", *arguments, "--port", str(self.port)],
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=env,
            )
        until(lambda: "Dashboard at" in self.log.read_text(), "the server is up")

    def stop(self) -> str:
        """Press Ctrl-C; what it has printed since it was up."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=30)
        return self.log.read_text().partition("ends it)\n")[2]

    def written(self) -> list[Path]:
        """The run folders that its pages hold; the run that is played ahead of them is the server's."""
        runs = (file.parent for file in self.temporary.rglob("manifest.json"))
        return [run for run in runs if run.parent.name != "first"]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], what: str) -> None:
    """Wait until something is true."""
    end = time.monotonic() + PATIENCE / 1000
    while not true():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)
