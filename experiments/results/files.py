"""Files that a user asks for: written whole or not at all, and over nothing but a file of the same kind."""

from __future__ import annotations

import os
import shutil
import uuid
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from computeshift.experiments.config.arguments import chosen_path
from computeshift.experiments.errors import UserError

HALF = ".half"
"""The ending of a file that is being written."""

_HEAD = 65_536  # bytes at the beginning of a file in which its mark stands


@dataclass(frozen=True)
class Kind:
    """A kind of file: what it is called, and the mark of each of its suffixes."""

    name: str
    marks: Mapping[str, str]

    @property
    def names(self) -> str:
        """How its files are called, such as `FILE.html, FILE.svg or FILE.png`."""
        *first, last = (f"FILE{suffix}" for suffix in self.marks)
        return f"{', '.join(first)} or {last}" if first else last

    def wrote(self, file: Path) -> bool:
        """Whether computeshift wrote a file, and wrote it as this kind."""
        suffix = file.suffix.lower()
        read = {".parquet": _parquet_mark, ".xlsx": _workbook_mark}.get(suffix, _head)
        return self.marks[suffix].encode() in read(file)


REPORT = Kind("a report", {".html": '<meta name="generator" content="computeshift report">'})
PICTURE = Kind(
    "a picture",
    {
        ".html": '<meta name="generator" content="computeshift picture">',
        ".svg": "<metadata>computeshift picture</metadata>",
        ".png": "Software\0computeshift picture",  # a tEXt chunk: its keyword, and its text
    },
)
NETWORK = Kind("a network", {".graphml": ">computeshift network<"})
WORKBOOK = Kind("a workbook", {".xlsx": ">computeshift tables<"})  # in the properties of the document
PREDICTION = Kind("a prediction", {".json": '"generator": "computeshift prediction"'})
POSTERIOR = Kind("a posterior", {".parquet": "computeshift"})  # the key of its metadata in the schema


@dataclass(frozen=True)
class Target:
    """A file that may be written, as far as can be known before: `writable` makes it.

    `named` is its path as the user has it, `path` the absolute one.
    """

    named: Path
    path: Path
    kind: Kind
    force: bool

    @property
    def suffix(self) -> str:
        """Its suffix in lower case."""
        return self.path.suffix.lower()

    @property
    def mark(self) -> str:
        """What the file must contain so that it is known again."""
        return self.kind.marks[self.suffix]

    def write(self, fill: Callable[[Path], object]) -> Path:
        """Let `fill` write the file under another name, then rename it. UserError if it can't be written."""
        _must_be_free(self)
        try:
            with whole(self.path) as half:
                fill(half)
        except OSError as error:
            raise UserError(f"can't write {self.named}: {reason(error)}") from error
        return self.path


def writable(path: str | Path, kind: Kind, force: bool = False, parameter: str = "path") -> Target:
    """The file of this name, tried before any work is done for it.

    UserError if its suffix is not one of the kind's, if it can't be written, or if the name belongs to
    a read-only file or one that is not of this kind made by computeshift; `force` replaces any file.
    `parameter` is the one that names the file: messages begin with it.
    """
    named = chosen_path(path, parameter)
    target = Target(named, named.absolute(), kind, force)
    try:
        _must_be_a_file(target)
        _must_be_free(target)
        _must_be_writable(named.resolve() if named.is_symlink() else named)
    except UserError as wrong:
        raise UserError(f"`{parameter}`: {wrong}") from wrong.__cause__
    return target


def _must_be_a_file(target: Target) -> None:
    """UserError for a folder, or a suffix that is not one of the kind's."""
    named, kind = target.named, target.kind
    if named.is_dir():
        example = named / f"{kind.name.split()[-1]}{next(iter(kind.marks))}"
        raise UserError(f"{named} is a folder; name a file, such as {example}")
    if target.suffix not in kind.marks:
        raise UserError(f"{named} has the wrong suffix; {kind.name} is {kind.names}")


def _must_be_free(target: Target) -> None:
    """UserError if there is a file that may not be replaced."""
    named, path, kind = target.named, target.path, target.kind
    if not path.exists():
        return
    if not path.is_file():
        raise UserError(f"{named} is not a regular file; choose another name")
    right = "choose another name, or write over it with `force=True`"
    if not target.force and not os.access(path, os.W_OK):
        raise UserError(f"{named} is read-only; choose another name, or replace it with `force=True`")
    if not target.force and not kind.wrote(path):
        wrong = f"{named} exists and is not {kind.name} made by computeshift"
        raise UserError(f"{wrong}; {right}")


def _must_be_writable(path: Path) -> None:
    """UserError if no file can be made in the folder."""
    if not path.parent.is_dir():
        raise UserError(f"there is no folder {path.parent}; make it first, or choose another")
    try:
        with _half(path) as half:
            half.touch(exist_ok=False)
    except OSError as error:
        raise UserError(f"can't write in {path.parent}: {reason(error)}; choose another folder") from error


@contextmanager
def whole(file: Path, flush: bool = True) -> Iterator[Path]:
    """A name to write a file under; once that is on the disk, it is renamed. OSError if it can't be.

    The file keeps its permissions, and a link still points to it. Nothing is left of a file half written.
    Without `flush` it is renamed as soon as it is written: a crash of the machine may break it.
    """
    file = file.resolve()
    with _half(file) as half:
        yield half
        if flush:
            with half.open("rb+") as written:
                os.fsync(written.fileno())
        if file.exists():
            shutil.copymode(file, half)
        half.replace(file)


@contextmanager
def _half(file: Path) -> Iterator[Path]:
    """An unused name beside a file; a file of that name is deleted at the end."""
    half = file.with_name(f"{uuid.uuid4().hex}{HALF}")
    try:
        yield half
    finally:
        half.unlink(missing_ok=True)


def short(path: Path) -> Path:
    """A path as messages have it: from the current folder on, if it lies within that."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def reason(error: OSError) -> str:
    """Why a file can't be read or written, in the words of the system."""
    return os.strerror(error.errno) if error.errno else str(error)


def _head(file: Path) -> bytes:
    """The beginning of a file; nothing if it can't be read."""
    try:
        with file.open("rb") as read:
            return read.read(_HEAD)
    except OSError:
        return b""


def _workbook_mark(file: Path) -> bytes:
    """The properties of a workbook; nothing if it is none."""
    try:
        with zipfile.ZipFile(file) as parts:
            return parts.read("docProps/core.xml")
    except (OSError, KeyError, zipfile.BadZipFile):
        return b""


def _parquet_mark(file: Path) -> bytes:
    """The keys of a Parquet file's metadata; nothing if it is no such file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        return b"\n".join(pq.read_schema(file).metadata or {})
    except (pa.ArrowInvalid, OSError):
        return b""
