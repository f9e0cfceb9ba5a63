"""The picture of `discover`."""

from computeshift.experiments.views.plots.regions import regions as draw

__all__ = ["draw"]
