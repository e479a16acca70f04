"""The priors of the library: each binds a family to ``NaturalPrior`` and documents it.

``{value}`` and ``{options}`` in a docstring stand for what is the same for all priors; see
:func:`unfunnel.prior.upstream.docstring_of`.
"""

from __future__ import annotations

from unfunnel.families import (
    LAPLACE_IDENTITY,
    LOGNORMAL_EXP,
    NORMAL_IDENTITY,
    PROBIT_NORMAL,
    STUDENT_T_IDENTITY,
    WEIBULL_EXP,
)
from unfunnel.prior.base import NaturalPrior

__all__ = [
    "LaplaceIdentity",
    "LogNormalExp",
    "NaturalPrior",
    "NormalIdentity",
    "ProbitNormal",
    "StudentTIdentity",
    "WeibullExp",
]


class LogNormalExp(NaturalPrior):
    """A positive prior stated by its mean and standard deviation in natural units.

    Unlike in ``pm.LogNormal``, ``mu`` and ``sigma`` are *not* on the log scale: they are the mean
    and the standard deviation of the variable itself, as in ``pm.Gamma``. The conversion happens in
    the graph, so the moments are exact for every draw of the hyperparameters.

    Parameters
    ----------
    mu, sigma : {value}
        The mean and the standard deviation, in the units of the variable; positive.
    cv : {value}, optional
        In place of ``sigma``: the coefficient of variation, positive. The standard deviation is
        ``cv`` times ``mu``, or its distance from the bound. It means the same for effects of any
        size, and ``mu`` and ``cv`` are less correlated in the posterior than ``mu`` and ``sigma``
        where effects vary much. The model then also holds the Deterministic ``{name}_sigma``.
    lower, upper : float, optional
        A bound of the variable other than 0, in its units; at most one of the two. Above ``lower``
        the distance ``phi - lower`` is lognormal, below ``upper`` the distance ``upper - phi`` is;
        ``mu`` is on that side of the bound, and ``mu`` and ``sigma`` remain those of the variable
        itself. ``upper=0`` is for negative effects, such as price elasticities.
    {options}

    Notes
    -----
    With ``d = log(sigma) - log(mu)`` (``mu`` being the distance from a bound, if there is one),
    ``log phi`` is normal with variance ``softplus(2 d)`` and
    mean ``log(mu) - softplus(2 d) / 2``; see :mod:`unfunnel.families.lognormal`. Stating a
    positive hierarchy this way is the idea of D. Saunders, "A positive constrained hierarchical
    prior that sparks joy" (2025).

    Examples
    --------
    >>> import pymc as pm
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import LogNormalExp
    >>> prior = LogNormalExp(
    ...     mu=Prior("Gamma", mu=1.5, sigma=0.5),
    ...     sigma=Prior("Exponential", scale=0.5),
    ...     dims="geo",
    ...     centered=False,
    ... )
    >>> with pm.Model(coords={"geo": ["a", "b"]}) as model:
    ...     beta = prior.create_variable("beta")
    >>> [variable.name for variable in model.free_RVs]
    ['beta_mu', 'beta_sigma', 'beta']

    A price elasticity for each brand, all negative, around a mean that is negative too:

    >>> LogNormalExp(mu=LogNormalExp(-2, 0.5, upper=0), sigma=0.6, upper=0, dims="brand")
    LogNormalExp(mu=LogNormalExp(mu=-2, sigma=0.5, upper=0.0), sigma=0.6, upper=0.0, dims="brand")
    """

    family = LOGNORMAL_EXP


class NormalIdentity(NaturalPrior):
    """A real-valued prior stated by its mean and standard deviation.

    Parameters
    ----------
    mu, sigma : {value}
        The mean, and the standard deviation, which is positive.
    {options}

    Examples
    --------
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import NormalIdentity
    >>> NormalIdentity(mu=Prior("Normal"), sigma=Prior("HalfNormal"), dims="school", centered=False)
    NormalIdentity(mu=Prior("Normal"), sigma=Prior("HalfNormal"), dims="school", centered=False)
    """

    family = NORMAL_IDENTITY


class StudentTIdentity(NaturalPrior):
    """A real-valued prior with heavy tails, stated by its mean and standard deviation.

    Unlike in ``pm.StudentT``, ``sigma`` is the standard deviation of the variable, not the scale,
    which is ``sigma * sqrt((nu - 2) / nu)``.

    Parameters
    ----------
    mu, sigma : {value}
        The mean, and the standard deviation, which is positive.
    nu : {value}
        The degrees of freedom; above 2, as there is no standard deviation otherwise. A hyperprior
        that reaches below 2, such as ``Gamma(2, 0.1)``, is truncated there: the density is zero and
        draws of the prior are NaN. A :class:`~unfunnel.errors.SupportWarning` says so; a hyperprior
        on numbers above 2, such as ``LogNormalExp(mu=6, sigma=3, lower=2)``, does without.
    {options}

    Examples
    --------
    >>> from unfunnel import StudentTIdentity
    >>> round(float(StudentTIdentity(1, 2, nu=5).preliz.std()), 6)
    2.0
    """

    family = STUDENT_T_IDENTITY


class LaplaceIdentity(NaturalPrior):
    """A real-valued prior with a peak at its mean, stated by mean and standard deviation.

    Unlike in ``pm.Laplace``, ``sigma`` is the standard deviation of the variable, not the scale
    ``b``, which is ``sigma / sqrt(2)``. Elements are independent given ``mu`` and ``sigma``.

    Parameters
    ----------
    mu, sigma : {value}
        The mean, and the standard deviation, which is positive.
    {options}

    Examples
    --------
    >>> from unfunnel import LaplaceIdentity
    >>> LaplaceIdentity(mu=0, sigma=0.5, dims="control")
    LaplaceIdentity(mu=0, sigma=0.5, dims="control")
    """

    family = LAPLACE_IDENTITY


class ProbitNormal(NaturalPrior):
    """A prior between two bounds, stated by its mean and standard deviation in natural units.

    For shares, retention rates and probabilities: ``phi = lower + (upper - lower) * Phi(theta)``
    with ``theta`` normal and ``Phi`` the standard normal distribution function. The moments are
    exact for every draw of the hyperparameters. Its density is close to that of the Beta law with
    the same moments, closer than the logit-normal's.

    Parameters
    ----------
    mu : {value}
        The mean, between the bounds.
    sigma : number, array, DataArray or tensor
        The standard deviation, in the units of the variable; below the largest possible one,
        ``sqrt((mu - lower) * (upper - mu))``. As that depends on ``mu``, it may not be a
        hyperprior: give ``spread`` instead.
    spread : {value}, optional
        In place of ``sigma``: the standard deviation as a share of the largest possible one, in
        (0, 1). Every share goes with every mean, so that nothing has to be rejected. The model then
        also holds the Deterministic ``{name}_sigma``.
    lower, upper : float, default 0 and 1
        The bounds, in the units of the variable.
    {options}

    Notes
    -----
    The scale of ``theta`` is the root of an equation, found by Newton's method in every evaluation
    of the density, with the derivatives of an implicit function; see
    :mod:`unfunnel.families.probit_normal`. Beyond ``theta = 8.3`` the distribution function is 1
    in doubles; values stay strictly inside the bounds nevertheless.

    Examples
    --------
    The retention of an advertising effect in each channel:

    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import ProbitNormal
    >>> spread = Prior("Beta", alpha=2, beta=5)
    >>> ProbitNormal(0.4, spread=spread, dims="channel", centered=False)
    ProbitNormal(mu=0.4, spread=Prior("Beta", alpha=2, beta=5), dims="channel", centered=False)
    """

    family = PROBIT_NORMAL


class WeibullExp(NaturalPrior):
    """A positive prior with a light right tail, stated by mean and standard deviation.

    Unlike in ``pm.Weibull``, whose parameters are a shape and a scale, ``mu`` and ``sigma`` are the
    mean and the standard deviation of the variable itself, exact for every draw of the
    hyperparameters. Below the 5 % quantile it lies far under a lognormal law with the same moments:
    use it where an element may well be close to zero.

    Parameters
    ----------
    mu, sigma : {value}
        The mean and the standard deviation, in the units of the variable; positive.
    cv : {value}, optional
        In place of ``sigma``: the coefficient of variation, ``sigma / mu``. The model then also
        holds the Deterministic ``{name}_sigma``.
    {options}

    Notes
    -----
    ``log phi`` is location-scale with the Gumbel law of minima. Its scale, the inverse of the shape
    parameter, is the root of an equation, found in every evaluation of the density; see
    :mod:`unfunnel.families.weibull`.

    Examples
    --------
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import WeibullExp
    >>> WeibullExp(mu=Prior("Gamma", mu=1, sigma=0.5), cv=0.6, dims="geo", centered=False)
    WeibullExp(mu=Prior("Gamma", mu=1, sigma=0.5), cv=0.6, dims="geo", centered=False)
    >>> [round(float(p), 6) for p in WeibullExp(1, 1).preliz.params]
    [1.0, 1.0]
    """

    family = WEIBULL_EXP
