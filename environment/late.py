"""Modules that another package imports at its top and that nobody here may need: imported when first used."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _Late(ModuleType):
    """Stands for a module until somebody reads an attribute of it."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)  # the import system and `inspect` look for these in every module
        _withdraw(self)
        return getattr(importlib.import_module(self.__name__), name)


@contextmanager
def late(*names: str) -> Iterator[None]:
    """Whatever is imported here has stand-ins for the modules of these names, where they are not loaded yet.

    Afterwards `import NAME` is an import like any other; the stand-ins that were handed out pass on to it.
    """
    stand_ins = {name: _Late(name) for name in names if name not in sys.modules}
    sys.modules.update(stand_ins)
    try:
        yield
    finally:
        for stand_in in stand_ins.values():
            _withdraw(stand_in)


def _withdraw(stand_in: _Late) -> None:
    """Take a stand-in out of the modules that are loaded, so that the next import finds the real one."""
    if sys.modules.get(stand_in.__name__) is stand_in:
        del sys.modules[stand_in.__name__]
