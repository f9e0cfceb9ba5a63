"""The manifest of a results folder: what was run, how far it is, and where the worlds are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.documents import read_document
from computeshift.experiments.results.excluded import Reasons, packed, unpacked
from computeshift.experiments.results.files import reason
from computeshift.experiments.results.levels import Keep
from computeshift.experiments.results.sheet import Block

MANIFEST = "manifest.json"
FORMAT = 9
"""The format of the folders that this version writes and reads; a manifest without a number has 1."""

_READERS = {
    1: ("0.1.2", "9f13755"),
    2: ("0.2.0", "95b0597"),
    3: ("0.3.0", "f538af5"),
    4: ("0.4.0", "34b355e"),
    5: ("0.5.0", "78c1ce6"),
    6: ("0.6.0", "f02aaf4"),
    7: ("0.7.0", "563d8d5"),
    8: ("0.8.0", "8de3fa5"),
}
"""The last version that reads an earlier format, and its commit. Add a row when `FORMAT` grows."""

_PLACES = ("base", "file")  # keys with paths of files, which may move
_REMEDY = "restore the file, or run it again into another folder"
_FAILURES = 10  # failed blocks in a message

Status = Literal["running", "interrupted", "failed", "finished"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class FailedBlock(_Frozen):
    """A block that failed: its worlds, and what was raised where."""

    first: int
    worlds: int
    error: str

    def __str__(self) -> str:
        return f"worlds {self.first:,} to {self.first + self.worlds - 1:,} failed: {self.error}"


class PosteriorTerms(_Frozen):
    """The posterior that a run drew from: its file, and which parameters were taken from it."""

    file: str
    sha256: str
    rows: int
    laid: tuple[str, ...]
    kept: tuple[str, ...]


class ForkTerms(_Frozen):
    """The run that a fork continues: its folder, the last year of it, and its own terms."""

    base: str
    at: int
    hash: str
    posterior: PosteriorTerms | None
    fork: ForkTerms | None


class Terms(_Frozen):
    """What must be the same for two runs to be one. `hash` is that of the config."""

    hash: str
    keep: Keep
    against: bool
    posterior: PosteriorTerms | None
    fork: ForkTerms | None
    strategies: dict[str, str]
    """Digests of the user's own strategies by `kind.name`."""
    model: str
    """A digest of the files that decide numbers."""

    @property
    def source_posterior(self) -> PosteriorTerms | None:
        """The posterior that the worlds were drawn from: the run's own, or that of the run it continues."""
        terms: Terms | ForkTerms | None = self
        while terms is not None and terms.posterior is None:
            terms = terms.fork
        return terms.posterior if terms is not None else None

    def difference(self, other: Terms) -> str | None:
        """The first term that differs, the config's hash aside; files may have moved. None if none does."""
        names = Terms.model_fields.keys() - {"hash"}
        own, its = (_without_places(terms.model_dump(include=names)) for terms in (self, other))
        return next((name for name in own if own[name] != its[name]), None)


def _block(pair: Any) -> Block:
    if isinstance(pair, Block):
        return pair
    if not (isinstance(pair, list) and len(pair) == 2 and all(type(number) is int for number in pair)):
        raise ValueError(f"{pair!r} is not [first world, number of worlds]")
    return Block(*pair)


def _blocks(pairs: Any) -> Any:
    if not isinstance(pairs, list | tuple):
        return pairs
    return tuple(sorted(map(_block, pairs), key=lambda block: block.first))


def _reasons(runs: Any) -> Any:
    return (
        unpacked(runs) if isinstance(runs, dict) and all(isinstance(r, list) for r in runs.values()) else runs
    )


Blocks = Annotated[
    tuple[Block, ...],
    BeforeValidator(_blocks),
    PlainSerializer(lambda blocks: [list(astuple(block)) for block in blocks]),
]
LeftOut = Annotated[Reasons, BeforeValidator(_reasons), PlainSerializer(packed)]


class Manifest(Terms):
    """What a results folder says of itself. The fields are the keys of its `manifest.json`."""

    format: int = FORMAT
    status: Status
    name: str
    """The config's name as people see it."""
    worlds: int
    """How many worlds the run asks for."""
    worlds_done: int
    seed: int
    until: int
    wall_time_s: float
    worlds_per_second: float | None
    left_out: LeftOut
    failed: tuple[FailedBlock, ...]
    blocks: Blocks
    """The blocks that are done, in the order of their worlds."""
    versions: dict[str, str | None]
    command: str
    config: Config

    def text(self) -> str:
        """The manifest as JSON. It has line breaks once the run is over: laying it out is slow."""
        indent = None if self.status == "running" else 1
        document = self.model_dump(mode="json")
        return json.dumps(document, indent=indent, ensure_ascii=False, allow_nan=False) + "\n"


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest of a results folder; None if it has none.

    UserError if it is broken, not ours, or of a format that this version does not read.
    """
    file = folder / MANIFEST
    try:
        return read_document(file, Manifest, lambda found: _must_be_readable(folder, found), _REMEDY)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        raise UserError(f"{file} can't be read: {reason(error)}") from error


def _must_be_readable(folder: Path, document: Any) -> None:
    """UserError for a manifest of another program, or of another format."""
    versions = document.get("versions") if isinstance(document, dict) else None
    if not isinstance(versions, dict) or "computeshift" not in versions:
        raise UserError(f"{folder} is no results folder: computeshift did not write its {MANIFEST}")
    found: object = document.get("format", 1)
    if found == FORMAT:
        return
    writer = f"{folder} was written by computeshift {versions['computeshift'] or 'from source'}"
    if isinstance(found, int) and found in _READERS:
        version, commit = _READERS[found]
        reader = f"computeshift {version} (commit {commit}) reads it, this version does not"
        raise UserError(f"{writer}, an earlier version: {reader}; run it again into another folder")
    raise UserError(
        f"{writer} in format {found!r}, and this version reads format {FORMAT}: install a newer one"
    )


def failure_lines(failed: Sequence[FailedBlock]) -> list[str]:
    """Which worlds failed, one line per block, the first ten of them; no line where none did."""
    lines = [str(block) for block in failed[:_FAILURES]]
    return [*lines, f"and {len(failed) - _FAILURES} more blocks"] if len(failed) > _FAILURES else lines


def _without_places(terms: dict[str, Any]) -> dict[str, Any]:
    return {
        key: _without_places(value) if isinstance(value, dict) else value
        for key, value in terms.items()
        if key not in _PLACES
    }
