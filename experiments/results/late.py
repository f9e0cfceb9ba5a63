"""What results find late: the one exception to the import contracts of `pyproject.toml`.

Results and answers are data, and import nothing that prints, words or draws. Still `print(answer)`,
`answer.document()`, `answer.plot(file)` and a notebook's view of results work: each asks here for its
module of `views`, by name, when it is first needed. A claim that compares with a market without a
firm asks here for the run of it.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, Any

from computeshift.experiments.errors import UserError

if TYPE_CHECKING:
    from computeshift.experiments.results.record import Counterparts
    from computeshift.experiments.results.stored import StoredRecord

VIEWS = "computeshift.experiments.views"


def view(name: str) -> Any:
    """The module of `views` of this name, such as `text.compare`. UserError if there is none."""
    if importlib.util.find_spec(f"{VIEWS}.{name}") is None:
        kind, _, question = name.partition(".")
        raise UserError(f"{question} has no {kind.removesuffix('s')}")
    return importlib.import_module(f"{VIEWS}.{name}")


def counterparts(results: StoredRecord) -> Counterparts:
    """The worlds of a folder without a firm, simulated now, as far as claims need them."""
    module = importlib.import_module("computeshift.experiments.run.counterfactual")
    simulated: Counterparts = module.counterparts_of(results)
    return simulated
