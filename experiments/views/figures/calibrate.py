"""The picture of `calibrate`."""

from computeshift.experiments.views.plots.calibrate import calibrate as draw

__all__ = ["draw"]
