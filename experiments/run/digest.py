"""A digest of the files that decide which numbers a folder holds: all that a task's imports lead to."""

from __future__ import annotations

import functools
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

PACKAGE = "computeshift"
_HOME = Path(__file__).parents[2]
_FIRST = f"{PACKAGE}.experiments.run.task"


@functools.cache
def model() -> str:
    """The digest of this program's model: another one may come to other numbers.

    A run goes on in a folder, and a worker takes part in a run, only if their models are the same.
    """
    digest = hashlib.sha256()
    for file in files():
        digest.update(file.relative_to(_HOME).as_posix().encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def files() -> list[Path]:
    """The model's files in order: modules, and data that has a module's name, such as `claims.yaml`."""
    found: dict[str, Path | None] = {}
    waiting = [_FIRST]
    while waiting:
        module = waiting.pop()
        if module in found:
            continue
        file = found[module] = _file(module)
        if file is None:
            continue
        waiting += _imports(file)
        if file.name == "__init__.py" and _finds_its_modules(file):
            waiting += [f"{module}.{inner.stem}" for inner in file.parent.glob("*.py")]
    modules = [file for file in found.values() if file is not None]
    data = [data for file in modules if (data := file.with_suffix(".yaml")).is_file()]
    return sorted([*modules, *data])


def _file(module: str) -> Path | None:
    """The file of a module or package; None for a name within a module."""
    place = _HOME.joinpath(*module.split(".")[1:])
    choices = (place.with_suffix(".py"), place / "__init__.py")
    return next((choice for choice in choices if choice.is_file()), None)


def _finds_its_modules(package: Path) -> bool:
    """Whether a package imports all of its modules, whatever their names."""
    return "pkgutil" in package.read_text("utf-8")


def _imports(file: Path) -> Iterator[str]:
    """The modules of this program that a file imports as it runs, each with the packages around it.

    In functions too, but not those that only a type checker reads. Searched for in the text: to parse all
    files would take longer than to import them.
    """
    for found in _IMPORT.finditer(_FOR_TYPES.sub("", file.read_text("utf-8"))):
        module, names = found["module"], _COMMENT.sub("", found["names"] or "")
        for name in (module, *(f"{module}.{name}" for name in re.findall(r"\w+", names))):
            parts = name.split(".")
            yield from (".".join(parts[:end]) for end in range(2, len(parts) + 1))


_FOR_TYPES = re.compile(r"^if TYPE_CHECKING:\n(?:[ \t]+.*\n|\n)*", re.MULTILINE)
_COMMENT = re.compile("#.*")
_IMPORT = re.compile(
    rf"^[ \t]*(?:import|from) (?P<module>{PACKAGE}[\w.]*)"
    r"(?: import (?P<names>\((?:[^)#]|#.*)*\)|.*))?",
    re.MULTILINE,
)
