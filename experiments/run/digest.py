"""A digest of the files that decide which numbers a folder holds: all that a task's imports lead to."""

from __future__ import annotations

import ast
import functools
import hashlib
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
    found: dict[str, Path] = {}
    waiting = [_FIRST]
    while waiting:
        module = waiting.pop()
        file = _file(module)
        if module in found or file is None:
            continue
        found[module] = file
        waiting += _imports(file)
        if file.name == "__init__.py" and _finds_its_modules(file):
            waiting += [f"{module}.{inner.stem}" for inner in file.parent.glob("*.py")]
    data = [data for file in found.values() if (data := file.with_suffix(".yaml")).is_file()]
    return sorted([*found.values(), *data])


def _file(module: str) -> Path | None:
    """The file of a module or package; None for a name within a module."""
    place = _HOME.joinpath(*module.split(".")[1:])
    choices = (place.with_suffix(".py"), place / "__init__.py")
    return next((choice for choice in choices if choice.is_file()), None)


def _finds_its_modules(package: Path) -> bool:
    """Whether a package imports all of its modules, whatever their names."""
    return "pkgutil" in package.read_text("utf-8")


def _imports(file: Path) -> Iterator[str]:
    """The modules of this program that a file imports as it runs, each with the packages around it."""
    for name in _imported(ast.parse(file.read_text("utf-8"))):
        parts = name.split(".")
        if parts[0] == PACKAGE:
            yield from (".".join(parts[:end]) for end in range(2, len(parts) + 1))


def _imported(tree: ast.Module) -> Iterator[str]:
    """All names that a module imports, in functions too, but not those that only a type checker reads."""
    waiting: list[ast.AST] = [*tree.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            waiting += node.orelse
        else:
            waiting += [inner for part in _PARTS for inner in getattr(node, part, ())]


_PARTS = ("body", "orelse", "handlers", "finalbody", "cases")
"""Where a statement holds others."""
