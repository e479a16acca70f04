"""The hyperpriors for standard deviations, each from its parameters or from what its tails hold.

Every function returns a plain ``pymc_extras.prior.Prior`` with PyMC's parameters, so that it is
saved, loaded and used as any other. ``lower=`` and ``upper=`` are bounds in the units of the
standard deviation, ``lower_tail=`` and ``upper_tail=`` the probabilities below and above them, 0.05
where not given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import stats

from unfunnel.errors import ParameterError, ParameterTypeError, listed
from unfunnel.families import Parameter
from unfunnel.parameters import check_parameter_values
from unfunnel.scales.half_student_t import half_student_t as standard_half_t
from unfunnel.scales.tails import DEFAULT_TAIL, Tails

if TYPE_CHECKING:
    from pymc_extras.prior import Prior

# Shapes between which the root finders look. Outside, the quantiles of the inverse gamma law under-
# or overflow, and the half-t law is the half-normal one to six digits.
_INVERSE_GAMMA_SHAPES = (0.02, 1e7)
_DEGREES_OF_FREEDOM = (0.02, 1e6)


def pc(upper: float, tail: float = DEFAULT_TAIL, *, dims: Any = None) -> Prior:
    """Return the penalized-complexity prior: ``P(sigma > upper) = tail``.

    Parameters
    ----------
    upper : float
        A large standard deviation, in the units of the effects: of the log scale for a positive
        hierarchy, where it may also bound the coefficient of variation.
    tail : float, default 0.05
        The probability of a larger one.
    dims : str or sequence of str, optional
        Passed on.

    Returns
    -------
    Prior
        ``Exponential`` with rate ``-log(tail) / upper``.

    Raises
    ------
    ParameterError
        If ``upper`` is not positive or ``tail`` not in (0, 1).

    See Also
    --------
    half_normal : A lighter tail, with the same behaviour at zero.

    Notes
    -----
    Simpson et al. (2017, "Penalising model component complexity", Statistical Science 32:1-28): for
    Gaussian effects whose simpler model is ``sigma = 0``, the distance to it, the root of twice the
    Kullback-Leibler divergence, is proportional to ``sigma``, and a constant rate of penalization
    makes the prior exponential. The distance is that of the *Gaussian* scale. For ``LogNormalExp``
    this is the standard deviation of the logarithm, or nearly the coefficient of variation, and not
    ``sigma``; see the guide to hyperpriors.

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.pc(upper=1, tail=0.01)
    Prior("Exponential", lam=4.605170185988091)
    """
    tails = Tails.stated("pc", None, None, upper, tail)
    solved = {"lam": 1.0 / tails.scale(stats.expon())}
    return _prior("Exponential", _numbers("pc", solved), dims)


def exponential(
    lam: float | None = None,
    *,
    lower: float | None = None,
    lower_tail: float | None = None,
    upper: float | None = None,
    upper_tail: float | None = None,
    dims: Any = None,
) -> Prior:
    """Return an exponential prior, from its rate or one statement about a tail.

    Parameters
    ----------
    lam : float, optional
        The rate; the mean is ``1 / lam``.
    lower, lower_tail, upper, upper_tail : float, optional
        In place of ``lam``: ``P(sigma < lower) = lower_tail`` or ``P(sigma > upper) = upper_tail``.
        A tail is 0.05 if not given.
    dims : str or sequence of str, optional
        Passed on.

    Returns
    -------
    Prior
        ``Exponential``.

    Raises
    ------
    ParameterError
        If not exactly one of the rate, the lower and the upper tail is given, or one cannot be
        meant.

    See Also
    --------
    pc : The same law, with its derivation.

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.exponential(lower=0.1, lower_tail=0.25)
    Prior("Exponential", lam=2.876820724517809)
    """
    tails = Tails.stated("exponential", lower, lower_tail, upper, upper_tail)

    def solve() -> dict[str, float]:
        return {"lam": 1.0 / tails.scale(stats.expon())}

    return _prior("Exponential", _either(tails, {"lam": lam}, solve), dims)


def half_normal(
    sigma: float | None = None,
    *,
    lower: float | None = None,
    lower_tail: float | None = None,
    upper: float | None = None,
    upper_tail: float | None = None,
    dims: Any = None,
) -> Prior:
    """Return a half-normal prior, from its scale or one statement about a tail.

    Parameters
    ----------
    sigma : float, optional
        The scale; the mean is 0.798 of it, the median 0.674.
    lower, lower_tail, upper, upper_tail : float, optional
        In place of ``sigma``: ``P(sigma < lower) = lower_tail`` or ``P(sigma > upper) =
        upper_tail``. A tail is 0.05 if not given.
    dims : str or sequence of str, optional
        Passed on.

    Returns
    -------
    Prior
        ``HalfNormal``.

    Raises
    ------
    ParameterError
        If not exactly one of the scale, the lower and the upper tail is given, or one cannot be
        meant.

    Notes
    -----
    On a log-scale standard deviation it is the only law here under which the effects can have a
    finite prior mean: it is finite for ``sigma < 1``, and their variance for ``sigma < 0.5``.

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.half_normal(upper=2)
    Prior("HalfNormal", sigma=1.02042691384930...)
    """
    tails = Tails.stated("half_normal", lower, lower_tail, upper, upper_tail)

    def solve() -> dict[str, float]:
        return {"sigma": tails.scale(stats.chi(1))}

    return _prior("HalfNormal", _either(tails, {"sigma": sigma}, solve), dims)


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
        fixed = _numbers("half_student_t", {"nu": nu})

        def solve() -> dict[str, float]:
            return {"sigma": tails.scale(standard_half_t(fixed["nu"]))}

        return _prior("HalfStudentT", fixed | _either(tails, {"sigma": sigma}, solve), dims)

    def solve_both() -> dict[str, float]:
        found = tails.shape_and_scale(standard_half_t, _DEGREES_OF_FREEDOM)
        return dict(zip(("nu", "sigma"), found, strict=True))

    return _prior("HalfStudentT", _either(tails, {"nu": nu, "sigma": sigma}, solve_both), dims)


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

    return _prior("LogNormal", _either(tails, {"mu": mu, "sigma": sigma}, solve), dims)


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
        found = tails.shape_and_scale(stats.invgamma, _INVERSE_GAMMA_SHAPES)
        return dict(zip(("alpha", "beta"), found, strict=True))

    return _prior("InverseGamma", _either(tails, {"alpha": alpha, "beta": beta}, solve), dims)


def _either(
    tails: Tails, parameters: Mapping[str, Any], solve: Callable[[], dict[str, float]]
) -> dict[str, float]:
    """Return the parameters that were given, or those that the tails ask for."""
    given = {key: value for key, value in parameters.items() if value is not None}
    if tails.count and given:
        raise ParameterError(
            tails.subject,
            expected=f"either {listed(parameters)} or statements about tails",
            given=f"{listed(given)} and {tails.count} of them",
            remedy="Leave out one of the two.",
        )
    if not tails.count and len(given) < len(parameters):
        missing = [key for key in parameters if key not in given]
        raise ParameterError(
            tails.subject,
            expected=f"{listed(parameters)}, or statements about tails in place of them",
            given=f"no {listed(missing)}",
            remedy="Pass upper=, lower= or both, with upper_tail= and lower_tail=.",
        )
    return _numbers(tails.subject, solve() if tails.count else given)


def _numbers(subject: str, parameters: Mapping[str, Any]) -> dict[str, float]:
    for name, value in parameters.items():
        if isinstance(value, bool) or not isinstance(value, Real):
            raise ParameterTypeError(
                f"{subject}: {name}",
                expected="a number",
                given=repr(value),
                remedy="For anything else write the Prior itself.",
            )
        parameter = Parameter(name, "real" if name == "mu" else "positive", f"{name} of PyMC")
        check_parameter_values(f"{subject}: {name}", parameter, np.asarray(float(value)))
    return {name: float(value) for name, value in parameters.items()}


def _prior(distribution: str, parameters: Mapping[str, Any], dims: Any) -> Prior:
    from pymc_extras.prior import Prior  # imports PyMC, which nothing else here needs

    return Prior(distribution, dims=dims, **parameters)
