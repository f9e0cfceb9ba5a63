"""Tables as rows of a JSON document."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a table, ready for JSON: what is not a finite number is null.

    >>> records(pd.DataFrame({"year": [2030], "share": [float("nan")]}))
    [{'year': 2030, 'share': None}]
    """
    return [{str(key): _plain(value) for key, value in row.items()} for row in table.to_dict("records")]


def _plain(value: Any) -> Any:
    if hasattr(value, "item"):
        value = value.item()
    unknown = value is pd.NA or (isinstance(value, float) and not math.isfinite(value))
    return None if unknown else value
