"""The picture of `scorecard`."""

from computeshift.experiments.views.plots.scorecard import scorecard as draw

__all__ = ["draw"]
