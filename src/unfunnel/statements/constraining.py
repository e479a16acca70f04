"""``constrain`` for hierarchies: the marginal law of one element holds the mass."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import root
from scipy.special import logit

from unfunnel.errors import UnsupportedError, described
from unfunnel.ops import NUMPY
from unfunnel.statements.laws import Hierarchy
from unfunnel.statements.marginal import Marginal
from unfunnel.statements.quantiles import check_interval, from_interval
from unfunnel.statements.reading import scalar_law
from unfunnel.statements.restating import restated_hierarchy, split_of


def constrained_hierarchy(
    prior: Any, lower: float, upper: float, mass: float, method: str = "equal-tails"
) -> Any:
    """Return the hierarchy of the same kind whose elements lie between two bounds.

    The two unknowns are mean and standard deviation of one element, hyperparameters averaged out;
    what is kept makes them determine the hyperpriors, see :mod:`unfunnel.statements.restating`.

    Parameters
    ----------
    prior : NaturalPrior
        With at most two hyperpriors, of constant parameters.
    lower, upper : float
        The bounds, inside the support.
    mass : float
        The probability between them; half of the rest lies on each side.
    method : str
        Nothing but ``"equal-tails"``.

    Returns
    -------
    NaturalPrior
        Of the same class.

    Raises
    ------
    ParameterError
        If bounds or mass cannot be meant.
    UnsupportedError
        If the law of a hyperprior is not known, or it cannot be given other moments.
    """
    family = prior.family
    subject = f"{family.name}: constrain"
    lower, upper, mass = check_interval(subject, family, {"lower": lower, "upper": upper}, mass)
    if method != "equal-tails":
        raise UnsupportedError(
            subject,
            expected="method='equal-tails' for a prior with hyperpriors",
            given=repr(method),
        )
    hierarchy = readable_hierarchy(subject, prior)
    ratio = hierarchy.ratio
    if ratio is not None and np.isfinite(ratio.parameter.support.upper):
        raise UnsupportedError(
            subject,
            expected=f"a prior without a hyperprior between two bounds, as that of {ratio.name} or "
            "mu is here",
            given=described(prior),
            remedy="Use elicit_hierarchy(typical, plausible_range, family=ProbitNormal).",
        )
    split = split_of(subject, hierarchy)
    tail = (1 - mass) / 2
    wanted = logit(np.array([tail, 1 - tail]))

    def trial(unknowns: np.ndarray) -> Any:
        mean = float(family.link.inverse(unknowns[0], NUMPY))
        return restated_hierarchy(subject, prior, mean, float(np.exp(unknowns[1])), split)

    def misses(unknowns: np.ndarray) -> np.ndarray:
        marginal = Marginal(readable_hierarchy(subject, trial(unknowns)))
        return np.asarray(logit([marginal.cdf(lower), marginal.cdf(upper)]) - wanted)

    # One element without hyperpriors, in the same interval, is close to it.
    plain = from_interval(family, lower, upper, mass, hierarchy.shape)
    start = [family.link.forward(plain["mu"], NUMPY), np.log(plain["sigma"])]
    found = root(misses, start, tol=_TOLERANCE)
    if np.abs(misses(found.x)).max() > _ACCEPTABLE:
        raise UnsupportedError(
            subject,
            expected=f"a mean and a standard deviation that put {mass:g} of one element between "
            f"{lower:g} and {upper:g}",
            given=f"none with the hyperpriors of {described(prior)}",
            remedy="Use hyperpriors that are less wide, such as Gamma with a smaller sigma.",
        )
    return trial(found.x)


_TOLERANCE = 1e-13
_ACCEPTABLE = 1e-6


def readable_hierarchy(subject: str, prior: Any) -> Hierarchy:
    """Return the law of a hierarchy of which quadrature is possible, or refuse it."""
    law = scalar_law(prior)
    if isinstance(law, Hierarchy) and Marginal.is_possible(law):
        return law
    raise UnsupportedError(
        subject,
        expected="at most two hyperpriors, of known distributions with constant scalar parameters "
        "and without transform=, for the mean and the standard deviation or its ratio",
        given=described(prior),
        remedy="State it by its moments, and look at prior.implied() or sample_prior.",
    )
