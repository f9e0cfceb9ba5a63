"""The folder of a run: a new one in `results/`, or the one that was named, which may hold an earlier part."""

from __future__ import annotations

import itertools
from pathlib import Path

from computeshift.experiments.config.changes import in_files
from computeshift.experiments.config.config import Config
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import HALF
from computeshift.experiments.results.manifest import Manifest, read_manifest
from computeshift.experiments.results.store import LOCK


def manifest_in(folder: Path) -> Manifest | None:
    """The manifest of the run in a folder; None if the folder is new or empty.

    UserError if the folder holds other files, or results that this version does not read.
    """
    manifest = read_manifest(folder)
    files = folder.iterdir() if folder.is_dir() else ()
    if manifest is None and any(file.name != LOCK and file.suffix != HALF for file in files):
        raise UserError(f"{folder} exists and is not ours: choose a new or an empty folder")
    return manifest


def make_folder(config: Config, out: Path | None, at: int | None) -> Path:
    """The absolute path of the folder `out`, or of a new one in `results/`. UserError if it can't be made."""
    try:
        if out is None:
            return _new_folder(config, at).resolve()
        out.mkdir(parents=True, exist_ok=True)
        return out.resolve()
    except OSError as error:
        raise UserError(f"can't write results in {error.filename or out}: {error.strerror}") from error


def _new_folder(config: Config, at: int | None) -> Path:
    stem = f"{in_files(config.label)}-{config.worlds}w-seed{config.seed}" + (f"-from{at}" if at else "")
    Path("results").mkdir(exist_ok=True)
    for name in itertools.chain([stem], (f"{stem}-{n}" for n in itertools.count(2))):
        folder = Path("results", name)
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        return folder
    raise AssertionError("unreachable")
