"""A hierarchical prior from the answers to four questions about one element.

What is typical, in which range does one element lie, how alike are the elements, and how sure is
that? The answers are the mean of one element, its standard deviation, the intraclass correlation,
and the coefficient of variation of ``sigma``; :mod:`unfunnel.moments.constrain` says how these
four determine the hyperpriors. Nothing has to be said on a log scale.

Between two bounds the largest possible standard deviation depends on the mean, so that no prior of
``sigma`` goes with a random mean. There ``spread`` has a Beta prior in place of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from pymc_extras.prior import Prior

from unfunnel.distributions.object_facts import is_number, number_between, the_one_given
from unfunnel.errors import (
    ParameterError,
    ParameterTypeError,
    UnfunnelError,
    described,
    listed,
    nearest,
)
from unfunnel.families import Family, Ratio
from unfunnel.families.base import OPTIONS
from unfunnel.families.ops import NUMPY
from unfunnel.intervals import UNIT
from unfunnel.moments.constant_parameters import check_interval
from unfunnel.moments.constrain import Split, readable_hierarchy
from unfunnel.moments.hierarchy import FINE, Sizes, refined_root
from unfunnel.moments.methods import stated_law
from unfunnel.prior.base import NaturalPrior
from unfunnel.prior.classes import LogNormalExp
from unfunnel.structures.zero_sum_options import without_zero_sum

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
        mean, at least 0 (known). Or a word: "sure" (0.25), "somewhat" (0.5), "unsure" (1). Between
        two bounds it is that of ``spread``.
    mass : float, default 0.9
        The probability of ``plausible_range``.
    sd : float, optional
        The standard deviation of one element, instead of ``plausible_range``.
    family : type, default LogNormalExp
        The class of the prior, and of that of its ``mu``. ``sigma`` has a Gamma prior; of
        ``ProbitNormal``, ``spread`` has a Beta prior.
    **options
        Further arguments of the prior: ``dims``, ``centered``, ``transform`` (the answers are then
        about ``{name}_raw``); bounds (``lower``, ``upper``) and the degrees of freedom ``nu``,
        which its ``mu`` has, too.

    Returns
    -------
    NaturalPrior
        With ``typical`` as the mean of an element, and with its standard deviation, correlation and
        coefficient of variation, all exact by the law of total variance. The standard deviation is
        the smallest that leaves ``mass`` in ``plausible_range``.

    Raises
    ------
    ParameterError
        If an answer cannot be meant, no standard deviation leaves so little in the range, or the
        bounds allow no such standard deviation.

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
    kind: object = family  # what is given need not be what is asked for
    if not (isinstance(kind, type) and issubclass(kind, NaturalPrior)):
        raise ParameterTypeError(
            "elicit_hierarchy",
            expected="family to be a class of priors, such as LogNormalExp",
            given=described(family),
        )
    subject = f"{family.family.name}: elicit_hierarchy"
    if options.get("zero_sum") is not None:
        raise without_zero_sum(family.family, "elicit_hierarchy")
    law, _ = stated_law(subject, family, options)
    mean = number_between(subject, "typical", typical, *law.link.support)
    split = Split(
        icc=_number_or_word(subject, "alikeness", alikeness, ALIKENESS, below=1.0),
        cv=_number_or_word(subject, "sureness", sureness, SURENESS, below=np.inf),
    )

    inner = {key: value for key, value in options.items() if key not in OPTIONS}
    ratio = _limited_ratio(law)
    most = _computed(subject, lambda: _largest_sd(ratio, mean, split))

    def stated(sd: float, **others: Any) -> NaturalPrior:
        mu = family(mu=mean, sigma=split.sd_of_mu(sd), **inner) if split.icc else mean
        return family(mu=mu, **_scale(ratio, mean, sd, split), **{**inner, **others})

    def checked(sd: float) -> NaturalPrior:
        says = readable_hierarchy(subject, stated(sd))
        mean_is_right = np.isclose(says.mean, mean, atol=1e-6 * sd)
        if mean_is_right and np.isclose(says.sd, sd, rtol=1e-6, atol=0):
            return stated(sd, **options)
        raise ParameterError(
            subject,
            expected=f"numbers of which floats can hold a prior with the standard deviation {sd:g}",
            given=f"typical={mean:g}, alikeness {split.icc:g} and sureness {split.cv:g}",
            remedy="State numbers closer to 1: use another unit.",
        )

    if the_one_given(subject, plausible_range=plausible_range, sd=sd) == "sd":
        number = number_between(subject, "sd", sd, 0)
        if number < most:
            return _computed(subject, lambda: checked(number))
        raise ParameterError(
            subject,
            expected=f"sd below {most:.6g}, the largest that bounds, typical, alikeness and "
            "sureness allow",
            given=f"{number:g}",
            remedy="State a smaller sd, or more sureness (a smaller number).",
        )
    low, high, mass = _range_around(subject, law, plausible_range, mean, mass)
    width = high - low if np.isfinite(high - low) else max(high, -low)
    steps = np.unique(np.minimum(np.log(width) + _LOG_STEPS, np.log(most * _NEARLY_ALL)))

    def excess(log_sd: float, sizes: Sizes) -> float:
        element = readable_hierarchy(subject, stated(float(np.exp(log_sd))))
        return element.below(high, sizes) - element.below(low, sizes) - mass

    def bracket(sizes: Sizes) -> tuple[float, float]:
        """Return the first two steps between which the excess turns negative."""
        before = float(steps[0])
        for at in map(float, steps):
            if excess(at, sizes) < 0:
                return before, at
            before = at
        raise ParameterError(
            subject,
            expected=f"a range that, for some standard deviation, holds no more than {mass:g} of "
            f"the elements if their mean is {mean:g}",
            given=f"plausible_range=({low:g}, {high:g})",
            remedy="Narrow the range, state a larger mass, or state the standard deviation (sd=)."
            + ("" if np.isinf(most) else f" Here it can be no larger than {most:.4g}."),
        )

    def solved() -> NaturalPrior:
        log_sd = refined_root(excess, bracket)
        if abs(excess(log_sd, FINE)) > _TOLERANCE:
            raise ArithmeticError("no root")
        return checked(float(np.exp(log_sd)))

    return _computed(subject, solved)


# Standard deviations that are tried, as multiples of the width of the range; the first is too small
# for any mass that doubles can tell from 1.
_LOG_STEPS = np.log(2.0) * np.arange(-6.0, 7.0, 0.5)

# The share of the largest possible standard deviation up to which one is looked for.
_NEARLY_ALL = 0.999

# How far the probability of the range may be from what was stated.
_TOLERANCE = 1e-6


def _computed[T](subject: str, compute: Callable[[], T]) -> T:
    """Return a result, or say that floats cannot hold what it takes to compute it."""
    try:
        with np.errstate(all="ignore"):
            return compute()
    except UnfunnelError:
        raise
    except (ArithmeticError, ValueError) as error:
        raise ParameterError(
            subject,
            expected="numbers that floats can square and divide by one another",
            given=str(error),
            remedy="State numbers closer to 1: use another unit.",
        ) from error


def _limited_ratio(law: Family) -> Ratio | None:
    """Return the ratio in place of ``sigma`` that has a Beta prior; None: ``sigma`` has a Gamma."""
    return next((ratio for ratio in law.ratios if ratio.parameter.support == UNIT), None)


def _scale(ratio: Ratio | None, mean: float, sd: float, split: Split) -> dict[str, Any]:
    """Return what says how far the elements lie apart, by its keyword."""
    mean_of_scale = split.mean_of_scale(mean, sd, ratio)
    distribution, name = ("Gamma", "sigma") if ratio is None else ("Beta", ratio.name)
    hyperprior = Prior(distribution, mu=mean_of_scale, sigma=split.cv * mean_of_scale)
    return {name: hyperprior if split.cv else mean_of_scale}


def _largest_sd(ratio: Ratio | None, mean: float, split: Split) -> float:
    """Return the end of the standard deviations of one element that are possible.

    With ``f`` and ``c`` of the split, a Beta law with the mean ``r`` and the standard deviation
    ``c r`` needs ``c**2 r < 1 - r``, so that ``E[spread**2] = (1 + c**2) r**2`` is below
    ``1 / (1 + c**2)``; and ``E[spread**2] = (1 - f) sd**2 / (unit(mean)**2 - f sd**2)``.
    """
    if ratio is None:
        return float(np.inf)
    largest = 1 / (1 + split.cv**2)
    share = largest / (1 - split.icc + split.icc * largest)
    return float(ratio.unit({"mu": mean}, NUMPY) * np.sqrt(share))


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
    subject: str, law: Family, plausible_range: Any, mean: float, mass: Any
) -> tuple[float, float, float]:
    if not isinstance(plausible_range, tuple | list) or len(plausible_range) != 2:
        raise ParameterTypeError(
            subject,
            expected="plausible_range to be two numbers, (low, high)",
            given=described(plausible_range),
        )
    bounds = dict(zip(("low", "high"), plausible_range, strict=True))
    low, high, mass = check_interval(subject, law, bounds, mass)
    if not low < mean < high:
        raise ParameterError(
            subject,
            expected="typical to lie inside plausible_range",
            given=f"typical={mean:g} and ({low:g}, {high:g})",
        )
    return low, high, mass
