"""Hyperpriors with two parameters: from both, or from statements about both tails.

The statements are those of :mod:`unfunnel.scales.one_parameter`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from unfunnel.distributions.known import LAWS
from unfunnel.elicitation.scales.plain import either, numbers, plain_prior
from unfunnel.elicitation.scales.tails import Tails

if TYPE_CHECKING:
    from pymc_extras.prior import Prior

# Shapes between which the root finders look. Outside, the quantiles of the inverse gamma law under-
# or overflow, and the half-t law is the half-normal one to six digits.
_INVERSE_GAMMA_SHAPES = (0.02, 1e7)
_DEGREES_OF_FREEDOM = (0.02, 1e6)


def _standard_half_t(nu: float) -> Any:
    return LAWS["HalfStudentT"].law(nu, 1.0)


def _standard_inverse_gamma(alpha: float) -> Any:
    return LAWS["InverseGamma"].law(alpha, 1.0)


def half_student_t(
    nu: float | None = None,
    sigma: float | None = None,
    *,
    lower: float | None = None,
    lower_tail: float | None = None,
    upper: float | None = None,
    upper_tail: float | None = None,
    dims: Any = None,
) -> Prior:
    """Return a half-t prior, from its parameters, or from statements about its tails.

    Parameters
    ----------
    nu : float, optional
        Degrees of freedom; 1 is the half-Cauchy, and the mean is infinite up to there.
    sigma : float, optional
        The scale, which is not the standard deviation.
    lower, lower_tail, upper, upper_tail : float, optional
        In place of ``sigma``, one of ``P(sigma < lower) = lower_tail`` and ``P(sigma > upper) =
        upper_tail``; in place of both parameters, the two of them. A tail is 0.05 if not given.
    dims : str or sequence of str, optional
        Passed on.

    Returns
    -------
    Prior
        ``HalfStudentT``.

    Raises
    ------
    ParameterError
        If parameters and statements are not as many as there are parameters, one cannot be meant,
        or no ``nu`` has both tails: the half-normal has the least ratio of two quantiles.

    Notes
    -----
    Gelman (2006, "Prior distributions for variance parameters in hierarchical models", Bayesian
    Analysis 1:515-534).

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.half_student_t(nu=3, upper=2)
    Prior("HalfStudentT", nu=3.0, sigma=0.628447...)
    >>> scales.half_student_t(lower=0.05, upper=5)
    Prior("HalfStudentT", nu=1.298824..., sigma=0.665601...)
    """
    tails = Tails.stated("half_student_t", lower, lower_tail, upper, upper_tail)
    if nu is not None and tails.count:
        fixed = numbers("half_student_t", {"nu": nu})

        def solve() -> dict[str, float]:
            return {"sigma": tails.scale(_standard_half_t(fixed["nu"]))}

        return plain_prior("HalfStudentT", fixed | either(tails, {"sigma": sigma}, solve), dims)

    def solve_both() -> dict[str, float]:
        found = tails.shape_and_scale(_standard_half_t, _DEGREES_OF_FREEDOM)
        return dict(zip(("nu", "sigma"), found, strict=True))

    return plain_prior("HalfStudentT", either(tails, {"nu": nu, "sigma": sigma}, solve_both), dims)


def lognormal(
    mu: float | None = None,
    sigma: float | None = None,
    *,
    lower: float | None = None,
    lower_tail: float | None = None,
    upper: float | None = None,
    upper_tail: float | None = None,
    dims: Any = None,
) -> Prior:
    """Return a lognormal prior, from its log-scale parameters or statements about both tails.

    It keeps the standard deviation away from zero, and so cannot report complete pooling.

    Parameters
    ----------
    mu, sigma : float, optional
        Mean and standard deviation of the *logarithm*, as in ``pm.LogNormal``.
    lower, lower_tail, upper, upper_tail : float, optional
        In their place: ``P(sigma < lower) = lower_tail`` and ``P(sigma > upper) = upper_tail``. A
        tail is 0.05 if not given.
    dims : str or sequence of str, optional
        Passed on.

    Returns
    -------
    Prior
        ``LogNormal``.

    Raises
    ------
    ParameterError
        If neither both parameters nor both bounds are given, or one cannot be meant.

    See Also
    --------
    inverse_gamma : A lighter lower and a heavier upper tail.

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.lognormal(lower=0.1, lower_tail=0.01, upper=2, upper_tail=0.01)
    Prior("LogNormal", mu=-0.8047189562170..., sigma=0.64387022830...)
    """
    tails = Tails.stated("lognormal", lower, lower_tail, upper, upper_tail)

    def solve() -> dict[str, float]:
        low, high = tails.pair()
        z_low, z_high = stats.norm.ppf(low.probability), stats.norm.isf(high.probability)
        width = (np.log(high.bound) - np.log(low.bound)) / (z_high - z_low)
        return {"mu": float(np.log(low.bound) - width * z_low), "sigma": float(width)}

    return plain_prior("LogNormal", either(tails, {"mu": mu, "sigma": sigma}, solve), dims)


def inverse_gamma(
    alpha: float | None = None,
    beta: float | None = None,
    *,
    lower: float | None = None,
    lower_tail: float | None = None,
    upper: float | None = None,
    upper_tail: float | None = None,
    dims: Any = None,
) -> Prior:
    """Return an inverse gamma prior, from its parameters or statements about both tails.

    It keeps the standard deviation away from zero, more than a lognormal with the same tails does,
    and so cannot report complete pooling.

    Parameters
    ----------
    alpha, beta : float, optional
        Shape and scale; the mean is ``beta / (alpha - 1)``, and infinite for ``alpha <= 1``.
    lower, lower_tail, upper, upper_tail : float, optional
        In their place: ``P(sigma < lower) = lower_tail`` and ``P(sigma > upper) = upper_tail``. A
        tail is 0.05 if not given.
    dims : str or sequence of str, optional
        Passed on.

    Returns
    -------
    Prior
        ``InverseGamma``, of the standard deviation itself (not of the variance).

    Raises
    ------
    ParameterError
        If neither both parameters nor both bounds are given, one cannot be meant, or the root
        finder does not reach the tails.

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.inverse_gamma(lower=0.1, lower_tail=0.01, upper=2, upper_tail=0.01)
    Prior("InverseGamma", alpha=2.938536..., beta=0.830173...)
    """
    tails = Tails.stated("inverse_gamma", lower, lower_tail, upper, upper_tail)

    def solve() -> dict[str, float]:
        found = tails.shape_and_scale(_standard_inverse_gamma, _INVERSE_GAMMA_SHAPES)
        return dict(zip(("alpha", "beta"), found, strict=True))

    return plain_prior("InverseGamma", either(tails, {"alpha": alpha, "beta": beta}, solve), dims)
