"""The picture of `levers`."""

from computeshift.experiments.views.plots.levers import levers as draw

__all__ = ["draw"]
