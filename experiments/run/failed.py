"""What a run raises when some of its blocks failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeshift.experiments.errors import UserError

if TYPE_CHECKING:
    from computeshift.experiments.results.results import Results


class FailedBlocksError(UserError):
    """Some blocks of a run failed, the `first` as it says; `results` are the others, None if there are none.

    The command line exits with 1.
    """

    def __init__(self, message: str, first: str = "", results: Results | None = None) -> None:
        super().__init__(message)
        self.first = first
        self.results = results
