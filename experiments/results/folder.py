"""A folder of tables that a user asks for: filled whole or not at all, and never over other files."""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from computeshift.experiments.config.arguments import chosen_path
from computeshift.experiments.errors import UserError
from computeshift.experiments.results.files import HALF, reason

LIST = "datapackage.json"
"""The file that lists the tables of a folder, as the Data Package standard has it."""
_MARK = "computeshift tables"


@dataclass(frozen=True)
class Folder:
    """A folder that may be filled, as far as can be known before: `writable_folder` makes it."""

    named: Path
    force: bool

    def write(self, files: Mapping[str, str]) -> Path:
        """Fill it with files by name, whose texts these are, and the list of them. UserError if it can't be.

        Earlier tables that are not among them are deleted.
        """
        _must_be_free(self)
        before = _listed(self.named)
        try:
            with _half(self.named) as half:
                for name, text in {**files, LIST: _list(files)}.items():
                    _write(half / name, text)
                self.named.mkdir(exist_ok=True)
                for name in (*files, LIST):
                    (half / name).replace(self.named / name)
            for name in before - {*files, LIST}:
                (self.named / name).unlink(missing_ok=True)
        except OSError as error:
            raise UserError(f"can't write {self.named}: {reason(error)}") from error
        return self.named.absolute()


def writable_folder(path: str | Path, force: bool, parameter: str) -> Folder:
    """The folder of this name, tried before any work is done for it; `parameter` is the one that names it.

    UserError if it can't be written, or if it holds other files than tables that computeshift wrote; with
    `force` other files stay, but for those that have a table's name.
    """
    folder = Folder(chosen_path(path, parameter), force)
    try:
        _must_be_free(folder)
        _must_be_writable(folder.named)
    except UserError as wrong:
        raise UserError(f"`{parameter}`: {wrong}") from wrong.__cause__
    return folder


def _must_be_free(folder: Folder) -> None:
    named = folder.named
    if not named.is_dir():
        if named.exists():
            raise UserError(f"{named} is a file; name a folder, such as {named}_tables")
        return
    others = sorted(file.name for file in named.iterdir() if file.name not in _listed(named))
    if others and not folder.force:
        wrong = f"{named} holds other files than tables made by computeshift, such as {others[0]}"
        raise UserError(f"{wrong}; choose a new or an empty folder, or add to it with `force=True`")


def _must_be_writable(named: Path) -> None:
    if not named.parent.is_dir():
        raise UserError(f"there is no folder {named.parent}; make it first, or choose another")
    try:
        with _half(named):
            pass
        if named.is_dir() and not os.access(named, os.W_OK):
            raise UserError(f"{named} is read-only; choose another folder")
    except OSError as error:
        raise UserError(f"can't write in {named.parent}: {reason(error)}; choose another folder") from error


@contextmanager
def _half(named: Path) -> Iterator[Path]:
    """A new folder beside one that is to be filled; it is deleted at the end."""
    half = named.absolute().with_name(f"{uuid.uuid4().hex}{HALF}")
    half.mkdir()
    try:
        yield half
    finally:
        shutil.rmtree(half, ignore_errors=True)


def _write(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8", newline="") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())


def _list(files: Mapping[str, str]) -> str:
    """The list of a folder's tables, with the mark by which it is known again."""
    tables = [{"name": Path(name).stem.lower(), "path": name, "format": "csv"} for name in files]
    return json.dumps({"name": "tables", "generator": _MARK, "resources": tables}, indent=1) + "\n"


def _listed(folder: Path) -> set[str]:
    """The files of a folder that computeshift wrote; none if it is not such a folder."""
    try:
        known = json.loads((folder / LIST).read_text("utf-8"))
        if known["generator"] == _MARK:
            names = [str(table["path"]) for table in known["resources"]]
            return {LIST, *(name for name in names if Path(name).name == name)}
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return set()
