"""A hierarchical prior from the answers to four questions about one element.

What is typical, in which range does one element lie, how alike are the elements, and how sure is
that? The answers are the mean of one element, its standard deviation, the intraclass correlation,
and the coefficient of variation of ``sigma``; :mod:`unfunnel.statements.restating` says how these
four determine the hyperpriors. Nothing has to be said on a log scale.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from pymc_extras.prior import Prior
from scipy.optimize import brentq

from unfunnel.errors import ParameterError, ParameterTypeError, described, listed, nearest
from unfunnel.number_checks import is_number, number_between, the_one_given
from unfunnel.prior import NaturalPrior
from unfunnel.priors import LogNormalExp
from unfunnel.statements.constraining import readable_hierarchy
from unfunnel.statements.marginal import Marginal
from unfunnel.statements.quantiles import check_interval
from unfunnel.statements.restating import Split

#: What the words for ``alikeness`` mean: the share of the variance of an element that all elements
#: have in common (the intraclass correlation).
ALIKENESS: dict[str, float] = {"alike": 0.9, "somewhat": 0.5, "very different": 0.1}

#: What the words for ``sureness`` mean: the standard deviation of ``sigma`` over its mean.
SURENESS: dict[str, float] = {"sure": 0.25, "somewhat": 0.5, "unsure": 1.0}


def elicit_hierarchy(
    typical: float,
    plausible_range: tuple[float, float] | None = None,
    alikeness: float | str = "somewhat",
    sureness: float | str = "somewhat",
    *,
    mass: float = 0.9,
    sd: float | None = None,
    family: type[NaturalPrior] = LogNormalExp,
    **options: Any,
) -> NaturalPrior:
    """Return the hierarchical prior that says what four answers say.

    Parameters
    ----------
    typical : float
        The mean of one element, hyperparameters averaged out, in natural units.
    plausible_range : tuple of float, optional
        In which one element lies with probability ``mass``, around ``typical``; need not be in its
        middle.
    alikeness : float or str, default "somewhat"
        How much of what is not known about one element is common to all: the correlation of two
        elements (ICC), in [0, 1). 0: knowing one says nothing about another. Or a word:
        "alike" (0.9), "somewhat" (0.5), "very different" (0.1).
    sureness : float or str, default "somewhat"
        How sure it is how far the elements lie apart: the standard deviation of ``sigma`` over its
        mean, at least 0 (known). Or a word: "sure" (0.25), "somewhat" (0.5), "unsure" (1).
    mass : float, default 0.9
        The probability of ``plausible_range``.
    sd : float, optional
        The standard deviation of one element, instead of ``plausible_range``.
    family : type, default LogNormalExp
        The class of the prior, and of that of its ``mu``. ``sigma`` has a Gamma prior.
    **options
        Further arguments of the prior: ``dims``, ``centered``, ``transform`` (the answers are then
        about ``{name}_raw``), other parameters.

    Returns
    -------
    NaturalPrior
        With ``typical`` as the mean of an element, and with its standard deviation, correlation and
        coefficient of variation, all exact by the law of total variance. The standard deviation is
        the smallest that leaves ``mass`` in ``plausible_range``.

    Raises
    ------
    ParameterError
        If an answer cannot be meant, or no standard deviation leaves so little in the range.

    See Also
    --------
    NaturalPrior.implied : What the prior says, to be compared with what was meant.
    NaturalPrior.constrain : From the two ends of a range with equal tails, without a mean.

    Examples
    --------
    >>> import unfunnel
    >>> prior = unfunnel.elicit_hierarchy(
    ...     typical=1.5, plausible_range=(0.5, 3), alikeness="somewhat", sureness=0.5, dims="geo"
    ... )
    >>> says = prior.implied()
    >>> says.value("mean"), round(says.value("ICC"), 6)
    (1.5, 0.5)
    """
    subject = f"{family.family.name}: elicit_hierarchy"
    link = family.family.link
    mean = number_between(subject, "typical", typical, link.support.lower, link.support.upper)
    split = Split(
        icc=_number_or_word(subject, "alikeness", alikeness, ALIKENESS, below=1.0),
        cv=_number_or_word(subject, "sureness", sureness, SURENESS, below=np.inf),
    )

    inner = {key: value for key, value in options.items() if key in family.family.parameter_names}

    def stated(sd: float, **others: Any) -> NaturalPrior:
        hyperpriors = _hyperpriors(family, mean, sd, split, inner)
        return family(**{**hyperpriors, **inner, **others})

    if the_one_given(subject, plausible_range=plausible_range, sd=sd) == "sd":
        return stated(number_between(subject, "sd", sd, 0), **options)
    low, high, mass = _range_around(subject, family, plausible_range, mean, mass)

    def excess(log_sd: float) -> float:
        marginal = Marginal(readable_hierarchy(subject, stated(float(np.exp(log_sd)))))
        return marginal.cdf(high) - marginal.cdf(low) - mass

    bracket = _first_bracket(excess, np.log(high - low) + _LOG_STEPS)
    if bracket is None:
        raise ParameterError(
            subject,
            expected=f"a range that, for some standard deviation, holds no more than {mass:g} of "
            f"the elements if their mean is {mean:g}",
            given=f"plausible_range=({low:g}, {high:g})",
            remedy="Narrow the range, state a larger mass, or state the standard deviation (sd=).",
        )
    return stated(float(np.exp(brentq(excess, *bracket, xtol=1e-13, rtol=1e-13))), **options)


def _hyperpriors(
    family: type[NaturalPrior], mean: float, sd: float, split: Split, inner: Mapping[str, Any]
) -> dict[str, Any]:
    """Return ``mu`` and ``sigma`` for these four numbers; without spread they are numbers."""
    mean_of_sigma = split.mean_of_sigma(sd)
    return {
        "mu": family(mu=mean, sigma=split.sd_of_mu(sd), **inner) if split.icc else mean,
        "sigma": Prior("Gamma", mu=mean_of_sigma, sigma=split.cv * mean_of_sigma)
        if split.cv
        else mean_of_sigma,
    }


def _number_or_word(
    subject: str, name: str, value: Any, words: Mapping[str, float], below: float
) -> float:
    """Return a number in [0, below), or what a word stands for."""
    if isinstance(value, str) and value in words:
        return words[value]
    if is_number(value) and 0 <= value < below:
        return float(value)
    raise ParameterError(
        subject,
        expected=f"{name} to be a number in [0, {below:g}) or one of {listed(words)}",
        given=described(value),
        remedy=nearest(value, words).strip() if isinstance(value, str) else "",
    )


def _range_around(
    subject: str, family: type[NaturalPrior], plausible_range: Any, mean: float, mass: Any
) -> tuple[float, float, float]:
    if not isinstance(plausible_range, tuple | list) or len(plausible_range) != _ENDS:
        raise ParameterTypeError(
            subject,
            expected="plausible_range to be two numbers, (low, high)",
            given=described(plausible_range),
        )
    bounds = dict(zip(("low", "high"), plausible_range, strict=True))
    low, high, mass = check_interval(subject, family.family, bounds, mass)
    if not low < mean < high:
        raise ParameterError(
            subject,
            expected="typical to lie inside plausible_range",
            given=f"typical={mean:g} and ({low:g}, {high:g})",
        )
    return low, high, mass


_ENDS = 2

# Standard deviations that are tried, as multiples of the width of the range; the first is too small
# for any mass that doubles can tell from 1.
_LOG_STEPS = np.log(2.0) * np.arange(-6.0, 7.0, 0.5)


def _first_bracket(
    excess: Callable[[float], float], steps: np.ndarray
) -> tuple[float, float] | None:
    """Return the first two neighbours between which the excess turns negative."""
    before = float(steps[0])
    for at in map(float, steps):
        if excess(at) < 0:
            return before, at
        before = at
    return None
