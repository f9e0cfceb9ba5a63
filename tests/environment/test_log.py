"""What is logged is declared beside the state that it logs."""

from __future__ import annotations

import pytest

from computeshift.environment.log import declared, logged, logs


class Base:
    cash = logged("$ bn", "cash at the end of the year")
    debt = logged("$ bn", "debt")

    @property
    @logs("share", "part in use")
    def used(self) -> float:
        """Part in use."""
        return 0.5

    @property
    def hidden(self) -> float:
        """A property that is not logged."""
        return 1.0


class Derived(Base):
    debt = logged("$ bn", "debt with its parent's")
    gw = logged("GW", "capacity")


def test_a_class_declares_what_its_bases_do_and_its_own() -> None:
    assert declared(Base) == {
        "cash": ("$ bn", "cash at the end of the year"),
        "debt": ("$ bn", "debt"),
        "used": ("share", "part in use"),
    }
    assert [*declared(Derived)] == ["cash", "debt", "used", "gw"]
    assert declared(Derived)["debt"] == ("$ bn", "debt with its parent's")
    assert declared(object) == {}


def test_reading_a_variable_before_it_is_set_is_an_error_and_then_it_is_what_was_set() -> None:
    one, other = Derived(), Derived()
    with pytest.raises(AttributeError, match=r"Derived\.cash is declared as logged, and was never set"):
        _ = one.cash
    one.cash = 3.0
    assert one.cash == 3.0
    with pytest.raises(AttributeError, match=r"Derived\.cash"):
        _ = other.cash
    assert not hasattr(other, "gw")


def test_a_logged_property_is_read_as_any_other() -> None:
    assert Base().used == 0.5
    assert Base.used.fget.__dict__["logged"].unit == "share"  # type: ignore[attr-defined]
