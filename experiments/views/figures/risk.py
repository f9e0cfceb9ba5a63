"""The picture of `risk`."""

from computeshift.experiments.views.plots.risk import risk as draw

__all__ = ["draw"]
