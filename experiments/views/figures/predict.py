"""The picture of `predict`."""

from computeshift.experiments.views.plots.predictions import predictions as draw

__all__ = ["draw"]
