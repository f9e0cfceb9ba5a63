"""Where a view is found late: the one exception to the import contracts of `pyproject.toml`.

Results and answers are data, and import nothing that prints, words or draws. Still `print(answer)`,
`answer.document()`, `answer.plot(file)` and a notebook's view of results work: each asks here for its
module of `views`, by name, when it is first needed.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any

from computeshift.experiments.errors import UserError

VIEWS = "computeshift.experiments.views"


def view(name: str) -> Any:
    """The module of `views` of this name, such as `text.compare`. UserError if there is none."""
    if importlib.util.find_spec(f"{VIEWS}.{name}") is None:
        kind, _, question = name.partition(".")
        raise UserError(f"{question} has no {kind.removesuffix('s')}")
    return importlib.import_module(f"{VIEWS}.{name}")
