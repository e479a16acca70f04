"""Hyperpriors with one parameter: from the parameter, or from one statement about a tail.

``lower=`` and ``upper=`` are bounds in the units of the standard deviation, ``lower_tail=`` and
``upper_tail=`` the probabilities below and above them, 0.05 where not given.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from unfunnel.distributions.known import LAWS
from unfunnel.elicitation.scales.plain import either, numbers, plain_prior
from unfunnel.elicitation.scales.tails import DEFAULT_TAIL, Tails

if TYPE_CHECKING:
    from pymc_extras.prior import Prior


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
    solved = {"lam": 1.0 / tails.scale(LAWS["Exponential"].law(1.0))}
    return plain_prior("Exponential", numbers("pc", solved), dims)


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
        return {"lam": 1.0 / tails.scale(LAWS["Exponential"].law(1.0))}

    return plain_prior("Exponential", either(tails, {"lam": lam}, solve), dims)


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
        return {"sigma": tails.scale(LAWS["HalfNormal"].law(0.0, 1.0))}

    return plain_prior("HalfNormal", either(tails, {"sigma": sigma}, solve), dims)
