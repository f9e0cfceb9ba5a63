"""A posterior: parameters of worlds that agree with the facts, in a file that a run can draw from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from computeshift.environment.draws import Draws
from computeshift.experiments.parameter import Parameter
from computeshift.experiments.problems import UserError, instead
from computeshift.experiments.resolved import Config

_START = ("initial_", "due_in_")
_HELD = ("stake_in_openai", "paid_into_openai")


def of_the_start(name: str) -> bool:
    """Whether a parameter tells the state at the start, which another start year has otherwise.

    >>> of_the_start("openai.initial_cash"), of_the_start("services.elasticity")
    (True, False)
    """
    last = name.rpartition(".")[2]
    return last.startswith(_START) or last in _HELD


@dataclass(frozen=True)
class Posterior:
    """Rows of equal weight, a column a parameter by its dotted name; the file and its SHA-256."""

    table: pd.DataFrame
    file: Path
    sha256: str

    def draw(self, draws: Draws) -> dict[str, np.ndarray[Any, np.dtype[np.float64]]]:
        """Each world's row of it, columns `(W,)`: picked by a draw of its own, the same in any company."""
        picked = (draws.uniform("posterior", 0) * len(self.table)).astype(int)
        return {str(name): self.table[name].to_numpy(dtype=np.float64)[picked] for name in self.table}

    def about(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {"file": str(self.file), "sha256": self.sha256, "rows": len(self.table)}


def save(table: pd.DataFrame, file: Path, about: Mapping[str, Any]) -> Path:
    """Write rows of equal weight, with what they came from. UserError if it can't be."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    written = pa.Table.from_pandas(table, preserve_index=False)
    told = {b"computeshift": json.dumps(about, sort_keys=True).encode()}
    try:
        pq.write_table(written.replace_schema_metadata(told), file)
    except OSError as error:
        raise UserError(f"can't write {file}: {error.strerror or error}") from error
    return file


def load(file: str | Path, config: Config) -> Posterior:
    """Read a posterior for a config; what the config has fixed stays as the config says.

    UserError if the file is no posterior, has a column that is no parameter of the config, or a value
    that the config rules out.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = Path(file).expanduser()
    try:
        content = path.read_bytes()
        table = pq.read_table(pa.BufferReader(content)).to_pandas()
    except OSError as error:
        raise UserError(f"--posterior {path}: {error.strerror or error}") from error
    except pa.ArrowInvalid as error:
        raise UserError(f"--posterior {path}: it is no Parquet file") from error
    parameters = config.parameters()
    if strangers := [str(name) for name in table if name not in parameters]:
        right = instead(strangers[0], parameters)
        raise UserError(f"--posterior {path}: {config.name} has no parameter {', '.join(strangers)}; {right}")
    if table.empty or not all(pd.api.types.is_float_dtype(kind) for kind in table.dtypes):
        raise UserError(f"--posterior {path}: it has no rows of numbers")
    free = table[[name for name in table if parameters[str(name)].uncertain]]
    for name in free:
        _check(path, str(name), free[name], parameters[str(name)])
    return Posterior(free, path, hashlib.sha256(content).hexdigest())


def _check(path: Path, name: str, values: pd.Series[float], parameter: Parameter) -> None:
    """UserError if the config rules a value out; a lognormal has no bound but zero."""
    low, high = (0.0, np.inf) if parameter.shape == "lognormal" else (parameter.low, parameter.high)
    if not values.between(low, high).all() or not np.isfinite(values).all():
        told = f"{values.min():g} to {values.max():g} is not within {low:g} to {high:g}"
        raise UserError(f"--posterior {path}: {name}: {told}, where the config has it")
