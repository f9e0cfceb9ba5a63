"""Functions of `scipy.special` without the rest of scipy, whose import takes a third of a second."""

from computeshift.environment.late import late_init

late_init("scipy.special", "scipy.linalg")  # these functions' module asks for a module of the other

from scipy.special._ufuncs import expit, logit, ndtr, ndtri  # noqa: E402

__all__ = ["expit", "logit", "ndtr", "ndtri"]
