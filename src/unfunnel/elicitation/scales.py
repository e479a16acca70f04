"""Hyperpriors for standard deviations, and what they say about small and large ones.

>>> from unfunnel import scales
>>> scales.pc(upper=1, tail=0.01)
Prior("Exponential", lam=4.605170185988091)

Each function returns a ``pymc_extras.prior.Prior``, from its own parameters or from statements such
as ``P(sigma > upper) = upper_tail``. All these laws are scale families: one statement fixes the
scale in closed form, and the ratio of two bounds fixes the shape. :func:`compare` sets priors side
by side. Only making a ``Prior`` imports PyMC.
"""

from __future__ import annotations

from collections.abc import Callable
from inspect import cleandoc
from typing import TYPE_CHECKING, Any

from unfunnel.elicitation.compare import Comparison, compare
from unfunnel.elicitation.tails import DEFAULT_TAIL, Tails

if TYPE_CHECKING:
    from pymc_extras.prior import Prior

__all__ = [
    "Comparison",
    "compare",
    "exponential",
    "half_normal",
    "half_student_t",
    "inverse_gamma",
    "lognormal",
    "pc",
]

# What several functions share in their docstrings.
_DIMS = """\
dims : str or sequence of str, optional
    Passed on."""
_TAILS = f"""\
lower, lower_tail, upper, upper_tail : float, optional
    In place of {{place}}: ``P(sigma < lower) = lower_tail`` {{join}} ``P(sigma > upper) =
    upper_tail``. A tail is {DEFAULT_TAIL} if not given.
{_DIMS}"""
_RAISES = """\
Raises
------
ParameterError
    If parameters and statements are not as many as there are parameters, one cannot be meant, or no
    law of this kind has the stated tails.
DimsError
    If ``dims`` are no names of dims."""


def _documented[F: Callable[..., Any]](place: str = "", join: str = "and") -> Callable[[F], F]:
    """Put what functions share into a docstring: statements in ``place`` of which parameters."""
    parts = {"tails": _TAILS.format(place=place, join=join), "dims": _DIMS, "raises": _RAISES}

    def fill(function: F) -> F:
        text = cleandoc(function.__doc__ or "")  # there is none under -OO
        for name, part in parts.items():
            text = text.replace(f"{{{name}}}", part)
        function.__doc__ = text
        return function

    return fill


@_documented()
def pc(upper: float, tail: float = DEFAULT_TAIL, *, dims: Any = None) -> Prior:
    """Return the penalized-complexity prior: ``P(sigma > upper) = tail``.

    Parameters
    ----------
    upper : float
        A large standard deviation, in the units of the effects: of the log scale for a positive
        hierarchy, where it may also bound the coefficient of variation.
    tail : float, default 0.05
        The probability of a larger one.
    {dims}

    Returns
    -------
    Prior
        ``Exponential`` with rate ``-log(tail) / upper``.

    {raises}

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
    return tails.prior("Exponential", {"lam": None}, dims)


@_documented("``lam``", "or")
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
    {tails}

    Returns
    -------
    Prior
        ``Exponential``.

    {raises}

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
    return tails.prior("Exponential", {"lam": lam}, dims)


@_documented("``sigma``", "or")
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
    {tails}

    Returns
    -------
    Prior
        ``HalfNormal``.

    {raises}

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
    return tails.prior("HalfNormal", {"sigma": sigma}, dims)


@_documented("``sigma`` (one of them), or of both parameters (both)")
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
    {tails}

    Returns
    -------
    Prior
        ``HalfStudentT``.

    {raises}

    Notes
    -----
    The half-normal law has the least ratio of two quantiles that is possible.

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
    if nu is not None and tails.statements:
        return tails.prior("HalfStudentT", {"sigma": sigma}, dims, nu=nu)
    return tails.prior("HalfStudentT", {"nu": nu, "sigma": sigma}, dims)


@_documented("both")
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
    {tails}

    Returns
    -------
    Prior
        ``LogNormal``.

    {raises}

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
    return tails.prior("LogNormal", {"mu": mu, "sigma": sigma}, dims)


@_documented("both")
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
    {tails}

    Returns
    -------
    Prior
        ``InverseGamma``, of the standard deviation itself (not of the variance).

    {raises}

    Examples
    --------
    >>> from unfunnel import scales
    >>> scales.inverse_gamma(lower=0.1, lower_tail=0.01, upper=2, upper_tail=0.01)
    Prior("InverseGamma", alpha=2.938536..., beta=0.830173...)
    """
    tails = Tails.stated("inverse_gamma", lower, lower_tail, upper, upper_tail)
    return tails.prior("InverseGamma", {"alpha": alpha, "beta": beta}, dims)
