"""The picture of `recover`."""

from computeshift.experiments.views.plots.recover import recover as draw

__all__ = ["draw"]
