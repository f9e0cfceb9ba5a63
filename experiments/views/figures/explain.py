"""The picture of `explain`."""

from computeshift.experiments.views.plots.explain import explain as draw

__all__ = ["draw"]
