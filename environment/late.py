"""What other packages import or run at their top and nobody here may need: only when it is first used."""

from __future__ import annotations

import importlib
import importlib.util
import sys
import threading
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


class _Package(ModuleType):
    """A package whose `__init__` has not run: it runs when somebody reads what is not there yet."""

    def __getattr__(self, name: str) -> Any:
        with _RUNNING:
            if self.__class__ is _Package:
                self.__class__ = _Opening  # should its modules look for what comes later in it
                try:
                    self.__spec__.loader.exec_module(self)  # type: ignore[union-attr]
                except BaseException:
                    self.__class__ = _Package
                    raise
                self.__class__ = ModuleType  # type: ignore[assignment]
        return ModuleType.__getattribute__(self, name)


class _Opening(_Package):
    """A package whose `__init__` runs now; other threads wait for its end."""


_RUNNING = threading.RLock()


def late_init(*packages: str) -> None:
    """Let modules of these packages be imported without running the packages' `__init__`.

    An `__init__` runs when somebody reads what is not there yet, so `import PACKAGE` works as ever. A package
    that is loaded stays as it is.
    """
    for name in packages:
        spec = None if name in sys.modules else importlib.util.find_spec(name)
        if spec is not None:
            sys.modules[name] = importlib.util.module_from_spec(spec)
            sys.modules[name].__class__ = _Package
            parent, _, own = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], own, sys.modules[name])
