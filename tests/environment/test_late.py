"""A module that is not needed is not loaded, and one that is needed after all is the real one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from computeshift.environment.late import late, late_init


@pytest.fixture
def heavy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A package `light` that imports `light.heavy` at its top, neither of them loaded."""
    package = tmp_path / "light"
    package.mkdir()
    (package / "__init__.py").write_text("import light.heavy as heavy\nopened = [__name__]\n")
    (package / "heavy.py").write_text("import sys\nweight = 1_000\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    for name in ("light", "light.heavy"):
        sys.modules.pop(name, None)


@pytest.mark.usefixtures("heavy")
def test_it_is_loaded_when_something_of_it_is_read() -> None:
    with late("light.heavy"):
        import light  # type: ignore[import-not-found]
    assert "light.heavy" not in sys.modules
    assert light.heavy.weight == 1_000
    assert "light.heavy" in sys.modules


@pytest.mark.usefixtures("heavy")
def test_an_import_afterwards_finds_the_module_itself() -> None:
    with late("light.heavy"):
        import light
    import light.heavy as imported  # type: ignore[import-not-found]

    assert light.heavy is imported
    assert imported.sys is sys


@pytest.mark.usefixtures("heavy")
def test_one_that_is_loaded_already_stays() -> None:
    import light.heavy as imported

    with late("light.heavy"):
        assert sys.modules["light.heavy"] is imported
    assert sys.modules["light.heavy"] is imported


@pytest.mark.usefixtures("heavy")
def test_one_that_is_used_at_once_is_loaded_at_once() -> None:
    with late("light.heavy"):
        import light

        assert not hasattr(light.heavy, "__file__")  # what looks through all modules loads none
        assert light.heavy.weight == 1_000
        assert sys.modules["light.heavy"].__file__


@pytest.mark.usefixtures("heavy")
def test_an_init_runs_when_something_of_it_is_read() -> None:
    late_init("light")
    import light
    from light.heavy import weight

    assert weight == 1_000
    assert "opened" not in light.__dict__
    assert light.opened == ["light"]
    with pytest.raises(AttributeError, match="absent"):
        _ = light.absent
    assert light.opened == ["light"]


def test_the_functions_of_scipy_are_its_own_and_come_without_the_rest() -> None:
    code = """if True:
        import sys
        from computeshift.environment.special import expit, logit, ndtr, ndtri
        assert "scipy.linalg._misc" not in sys.modules
        import scipy.special, scipy.stats, scipy.linalg
        for own in (expit, logit, ndtr, ndtri):
            assert own is getattr(scipy.special, own.__name__)
        assert scipy.linalg.det([[2.0]]) == 2 and scipy.stats.norm.ppf(0.5) == 0
    """
    subprocess.run([sys.executable, "-c", code], check=True)
