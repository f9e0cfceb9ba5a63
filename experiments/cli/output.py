"""Standard output and error that can't break a run: what can't be encoded, a closed pipe, a full disk."""

from __future__ import annotations

import errno
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import reason

CLOSED = 141  # the exit code of a program that writes into a pipe that is closed: 128 and SIGPIPE


class OutputError(UserError):
    """Standard output can't be written. Not an OSError: those of a pipe are caught by click and rich."""

    def __init__(self, error: OSError) -> None:
        super().__init__(f"can't write the output: {reason(error)}")
        self.closed = error.errno == errno.EPIPE


class _Output(io.TextIOWrapper):
    """Standard output: a letter that its encoding lacks is replaced; OutputError if it can't be written."""

    def write(self, text: str) -> int:
        with _as_output_error():
            return super().write(text)

    def flush(self) -> None:
        with _as_output_error():
            super().flush()


class _Messages(io.TextIOWrapper):
    """Standard error: a message that can't be written is lost, and the program continues."""

    def write(self, text: str) -> int:
        try:
            return super().write(text)
        except OSError:
            return len(text)

    def flush(self) -> None:
        try:
            super().flush()
        except OSError:
            return


@contextmanager
def _as_output_error() -> Iterator[None]:
    """OutputError for what the system refuses."""
    try:
        yield
    except OSError as error:
        raise OutputError(error) from None


def secure() -> None:
    """Replace standard output and error by these, where they are this process's own."""
    if sys.stdout is sys.__stdout__ and isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout = _Output(sys.stdout.buffer, errors="replace", **_as(sys.stdout))
    if sys.stderr is sys.__stderr__ and isinstance(sys.stderr, io.TextIOWrapper):
        sys.stderr = _Messages(sys.stderr.buffer, errors=sys.stderr.errors, **_as(sys.stderr))


def give_up() -> None:
    """Discard the rest of the output, so that Python does not try to write it again at its end."""
    with suppress(OSError, ValueError):  # where it is no file of the system's
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _as(stream: io.TextIOWrapper) -> dict[str, Any]:
    return {"encoding": stream.encoding, "line_buffering": stream.line_buffering}
