"""``constrain`` for hierarchies: the marginal law of one element holds the mass."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import approx_fprime, root
from scipy.special import logit

from unfunnel.errors import ParameterError, UnsupportedError, described
from unfunnel.families.ops import NUMPY
from unfunnel.moments.marginal import COARSE, FINE, Marginal
from unfunnel.moments.quantiles import check_interval, from_interval
from unfunnel.moments.random_parameters import Hierarchy
from unfunnel.moments.reading import scalar_law
from unfunnel.moments.restating import restated_hierarchy, split_of


def constrained_hierarchy(
    prior: Any, lower: float, upper: float, mass: float, method: str = "equal-tails"
) -> Any:
    """Return the hierarchy of the same kind whose elements lie between two bounds.

    The two unknowns are mean and standard deviation of one element, hyperparameters averaged out;
    what is kept makes them determine the hyperpriors, see :mod:`unfunnel.moments.restating`.

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
    split = split_of(subject, hierarchy)
    tail = (1 - mass) / 2
    wanted = logit(np.array([tail, 1 - tail]))

    def trial(unknowns: np.ndarray) -> Any:
        mean = float(family.link.inverse(unknowns[0], NUMPY))
        return restated_hierarchy(subject, prior, mean, float(np.exp(unknowns[1])), split)

    impossible: list[ParameterError] = []

    def misses(unknowns: np.ndarray, sizes: tuple[int, int] = FINE) -> np.ndarray:
        try:
            marginal = Marginal(readable_hierarchy(subject, trial(unknowns)), sizes)
        except ParameterError as error:
            impossible.append(error)
            return np.full(2, _WALL)
        found = logit([marginal.cdf(lower), marginal.cdf(upper)]) - wanted
        return np.asarray(np.nan_to_num(found, nan=_WALL, posinf=_WALL, neginf=-_WALL))

    def coarse(unknowns: np.ndarray) -> np.ndarray:
        return misses(unknowns, COARSE)

    # One element without hyperpriors, in the same interval, is close to it.
    plain = from_interval(family, lower, upper, mass, hierarchy.shape)
    start = np.array([family.link.forward(plain["mu"], NUMPY), np.log(plain["sigma"])])
    for _ in range(_HALVINGS):
        if np.all(np.abs(coarse(start)) < _WALL):
            break
        start[1] -= np.log(2.0)
    near = root(coarse, start, tol=_STEP).x
    slopes = approx_fprime(near, coarse, _STEP)  # good enough for the fine grid, too
    found = root(misses, near, jac=lambda unknowns: slopes, tol=_TOLERANCE)
    if np.abs(found.fun).max() > _ACCEPTABLE:
        raise UnsupportedError(
            subject,
            expected=f"a mean and a standard deviation that put {mass:g} of one element between "
            f"{lower:g} and {upper:g}",
            given=f"none with the hyperpriors of {described(prior)}"
            + (f"; tried, and impossible, was {impossible[-1].given}" if impossible else ""),
            remedy="Use hyperpriors that are less wide, such as Gamma with a smaller sigma, or, "
            "between bounds, ones that fit any mean, such as ProbitNormal with a smaller spread.",
        )
    return trial(found.x)


_TOLERANCE = 1e-13
_STEP = 1e-6
_ACCEPTABLE = 1e-6

# What is missed where a hyperprior cannot have the moments: far more than anywhere else, so that a
# root finder turns back. Where it starts, a standard deviation may have to be this much smaller.
_WALL = 1e3
_HALVINGS = 10


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
