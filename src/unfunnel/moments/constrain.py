"""``constrain``: the prior of the same kind whose elements lie between two bounds.

A hierarchy is described by four numbers: mean and standard deviation of one element, the share
``f`` of its variance that is that of the mean ``mu`` (the intraclass correlation of two elements
with the same ``mu``), and the coefficient of variation ``c`` of ``sigma``. By the law of total
variance, ``Var = Var[mu] + E[sigma**2]``, its hyperpriors then have::

    mu:     mean = mean                          sd = sqrt(f) * sd
    sigma:  mean = sd * sqrt((1 - f) / (1 + c**2))    sd = c * mean

Where a ratio stands in place of ``sigma``, ``c`` is its coefficient of variation, and its mean is
that of ``sigma`` above, divided by ``sqrt(E[unit**2])``. To constrain a hierarchy is to find the
mean and the standard deviation of one element with which its marginal law holds the mass.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import inf, isclose, isfinite, sqrt
from typing import Any

import numpy as np
from scipy.optimize import approx_fprime, root
from scipy.special import logit

from unfunnel.distributions.known import LAWS
from unfunnel.errors import ParameterError, UnsupportedError, described, listed
from unfunnel.families import Parameter, Ratio
from unfunnel.families.ops import NUMPY
from unfunnel.intervals import POSITIVE, REAL, Interval
from unfunnel.moments.any_prior import is_ours
from unfunnel.moments.constant_parameters import from_interval, location_scale
from unfunnel.moments.hierarchy import COARSE, FINE, Hierarchy, Sizes, rms_unit
from unfunnel.moments.reading import distribution_of, scalar_law


@dataclass(frozen=True)
class Split:
    """How the variance of one element divides; the part of a hierarchy without units.

    ``icc`` is the share that the variance of ``mu`` has, in [0, 1); ``cv`` the standard deviation
    of ``sigma``, or of the ratio in its place, over its mean.
    """

    icc: float
    cv: float

    @classmethod
    def of(cls, subject: str, hierarchy: Hierarchy) -> Split:
        """Return how the variance of a hierarchy divides, or refuse infinite moments."""
        mu, sigma = hierarchy.parameters["mu"], hierarchy.parameters[hierarchy.scale_name]
        split = cls((mu.sd / hierarchy.sd) ** 2, sigma.sd / sigma.mean)
        if isfinite(split.icc) and isfinite(split.cv):
            return split
        raise UnsupportedError(
            subject,
            expected="hyperpriors with a finite mean and a finite variance",
            given=f"a mean of {mu.mean:g} and {sigma.mean:g}, a standard deviation of {mu.sd:g} "
            f"and {sigma.sd:g} for mu and {hierarchy.scale_name}",
            remedy="Use Gamma, HalfNormal, Exponential or LogNormalExp.",
        )

    def sd_of_mu(self, sd: float) -> float:
        """Return the standard deviation of ``mu`` if that of one element is ``sd``."""
        return sqrt(self.icc) * sd

    def mean_of_scale(self, mean: float, sd: float, ratio: Ratio | None) -> float:
        """Return the mean of ``sigma``, or of the ratio in its place, from those of one element."""
        mean_of_sigma = sd * sqrt((1 - self.icc) / (1 + self.cv**2))
        if ratio is None:
            return mean_of_sigma
        unit = rms_unit(ratio, mean, self.sd_of_mu(sd))
        return mean_of_sigma / unit if unit > 0 else inf


def constrained_hierarchy(
    prior: Any, lower: float, upper: float, mass: float, method: str = "equal-tails"
) -> Any:
    """Return the hierarchy of the same kind whose elements lie between two bounds."""
    family = prior.family
    subject = f"{family.name}: constrain"
    if method != "equal-tails":
        raise UnsupportedError(
            subject,
            expected="method='equal-tails' for a prior with hyperpriors",
            given=repr(method),
        )
    hierarchy = readable_hierarchy(subject, prior)
    split = Split.of(subject, hierarchy)
    tail = (1 - mass) / 2
    wanted = logit(np.array([tail, 1 - tail]))

    # One element without hyperpriors, in the same interval, is close to it: where the search
    # starts, and the units of its steps.
    first = from_interval(subject, family, lower, upper, mass, hierarchy.shape)
    _, unit = location_scale(family, first, hierarchy.shape)
    center = float(family.link.forward(first["mu"], NUMPY))

    def trial(at: np.ndarray) -> Any:
        mean = float(family.link.inverse(center + unit * at[0], NUMPY))
        sd = first["sigma"] * float(np.exp(at[1]))
        return restated_hierarchy(subject, prior, mean, sd, split)

    impossible: list[ParameterError] = []

    def misses(at: np.ndarray, sizes: Sizes = FINE) -> np.ndarray:
        try:
            element = readable_hierarchy(subject, trial(at))
        except ParameterError as error:
            impossible.append(error)
            return np.full(2, _WALL)
        found = logit([element.below(x, sizes) for x in (lower, upper)]) - wanted
        return np.asarray(np.nan_to_num(found, nan=_WALL, posinf=_WALL, neginf=-_WALL))

    coarse = partial(misses, sizes=COARSE)
    with np.errstate(all="ignore"):
        start = np.zeros(2)
        for _ in range(_HALVINGS):
            if np.all(np.abs(coarse(start)) < _WALL):
                break
            start[1] -= np.log(2.0)
        near = root(coarse, start, tol=_STEP).x
        slopes = approx_fprime(near, coarse, _STEP)  # good enough for the fine grid, too
        found = root(misses, near, jac=lambda at: slopes, tol=_TOLERANCE)
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
    if isinstance(law, Hierarchy) and law.method != "draws":
        return law
    raise UnsupportedError(
        subject,
        expected="at most two hyperpriors, of known distributions with constant scalar parameters "
        "and without transform=, for the mean and the standard deviation or its ratio",
        given=described(prior),
        remedy="State it by its moments, and look at prior.implied() or sample_prior.",
    )


# -- the same hyperprior with other moments


def restated_hierarchy(subject: str, prior: Any, mean: float, sd: float, split: Split) -> Any:
    """Return a hierarchy of the same kind whose elements have this mean and standard deviation."""
    ratio = prior.family.ratio_of("sigma", prior.parameters)
    mean_of_scale = split.mean_of_scale(mean, sd, ratio)
    new = dict(prior.parameters)
    for key, its_mean, its_sd in (
        ("mu", mean, split.sd_of_mu(sd)),
        (ratio.name if ratio else "sigma", mean_of_scale, split.cv * mean_of_scale),
    ):
        parameter = prior.family.parameter(key)
        new[key] = restated(f"{subject}: {key}", new[key], its_mean, its_sd, parameter)
    return of_same_class(prior, new)


def restated(subject: str, value: Any, mean: float, sd: float, parameter: Parameter) -> Any:
    """Return a number or a hyperprior of the same kind with this mean and standard deviation.

    A number has only the mean.
    """
    if isinstance(value, int | float):
        return mean
    if is_ours(value):
        moments = {"mu": mean, "sigma": sd}
        new = value.family.in_terms_of(value.parameters, moments, NUMPY)
        return of_same_class(value, {**value.parameters, **new})
    name = getattr(value, "distribution", None)
    row, found = LAWS.get(name) if isinstance(name, str) else None, distribution_of(value)
    if row is not None and row.restate is not None and found is not None:
        with np.errstate(all="ignore"):
            keywords = row.restate(mean, sd, *map(float, found[1]))
            new = type(value)(name, dims=value.dims, centered=value.centered, **keywords)
            law = scalar_law(new)
            if law is not None and (
                isclose(law.mean, mean, rel_tol=_SAME, abs_tol=_SAME * sd)
                and isclose(law.sd, sd, rel_tol=_SAME)
            ):
                return new
        if not row.has_one_number:
            raise ParameterError(
                subject,
                expected=f"a mean and a standard deviation that {name} can have",
                given=f"a mean of {mean:g} and a standard deviation of {sd:g}",
                remedy="Use a hyperprior that can have them.",
            )
    one = row is not None and row.has_one_number
    able = [key for key, row in LAWS.items() if row.restate and not row.has_one_number]
    raise UnsupportedError(
        subject,
        expected=f"a hyperprior that can be given the mean {mean:g} and the standard deviation "
        f"{sd:g} ({listed(able)}, or one of this library)",
        given=f"{described(value)}, which "
        + ("has one number for both" if one else "has no closed form for it"),
        remedy=f"Use {_suitable(parameter.support, mean, sd)}.",
    )


# How close the moments of a restated hyperprior must come.
_SAME = 1e-9


def _suitable(support: Interval, mean: float, sd: float) -> str:
    """Name a hyperprior that lives on an interval and can be given any moments."""
    moments = f"mu={mean:.3g}, sigma={sd:.3g}"
    if support == POSITIVE:
        return f"Prior('Gamma', {moments}), or LogNormalExp"
    if support == REAL:
        return f"Prior('Normal', {moments})"
    ends = {key: end for key, end in support._asdict().items() if isfinite(end)}
    family = "LogNormalExp" if len(ends) == 1 else "ProbitNormal"
    return f"{family}({moments}, {', '.join(f'{key}={end:g}' for key, end in ends.items())})"


def of_same_class(prior: Any, parameters: dict[str, Any]) -> Any:
    """Return a prior of ours with other parameters; bounds, dims and options are kept."""
    options = {"dims": prior.dims, "centered": prior.centering, **prior.structure_options}
    return type(prior)(**parameters, **prior.bounds, **options)
