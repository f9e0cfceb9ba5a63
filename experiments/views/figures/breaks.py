"""The picture of `breaks`."""

from computeshift.experiments.views.plots.breaks import breaks as draw

__all__ = ["draw"]
