"""The picture of `compare`."""

from computeshift.experiments.views.plots.compare import compare as draw

__all__ = ["draw"]
