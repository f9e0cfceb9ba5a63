"""Where a view is found late: the one exception to the import contracts of `pyproject.toml`.

Results and answers are data, and import nothing that prints, words or draws. Still `print(answer)`,
`answer.document()`, `answer.plot(file)` and a notebook's view of results work: each asks here for its
module of `views`, by name, when it is first needed.
"""

from __future__ import annotations

import importlib
from typing import Any


def view(name: str) -> Any:
    """The module of `views` of this name, such as `text.compare`; ModuleNotFoundError if there is none."""
    return importlib.import_module(f"computeshift.experiments.views.{name}")
