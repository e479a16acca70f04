"""Deviations from a mean of groups, and the population that the groups come from.

The ordinary hierarchy of ``K`` groups, and a mean of the groups with deviations that sum to zero,
are one model in two sets of variables. With ``alpha ~ Normal(m, s)`` and effects
``a_k ~ Normal(alpha, tau)``, the mean of the effects and their deviations from it are independent::

    mean ~ Normal(m, sqrt(s**2 + tau**2 / K))        a_k - mean ~ Normal(0, tau**2 (I - J / K))

so the second is a hierarchy under ``zero_sum=`` at the population scale, whose ``mu`` has the
standard deviation of :func:`group_mean_sd`. The population mean is then found from the draws, by
:func:`draw_population_mean`; with it, groups that were not observed are ``Normal(alpha, tau)``
(Pinkney & Vetr, StanCon 2026, where ``m`` is 0).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from unfunnel.errors import ParameterError
from unfunnel.structures.zero_sum_options import require_several


def group_mean_sd(sd: Any, scale: Any, groups: int) -> Any:
    """Return the prior standard deviation of the mean of the groups.

    Parameters
    ----------
    sd : number, array or tensor
        Prior standard deviation of the population mean.
    scale : number, array or tensor
        Standard deviation between groups, of the population.
    groups : int
        Number of groups, at least 2.

    Returns
    -------
    number, array or tensor
        ``sqrt(sd**2 + scale**2 / groups)``.

    Raises
    ------
    DimsError
        If there are fewer than two groups.

    Examples
    --------
    The ordinary hierarchy ``alpha ~ Normal(0, 2)``, ``a ~ Normal(alpha, tau)`` in the variables
    that a sampler likes better, as the mean of the groups is what data know:

    >>> import pymc as pm
    >>> from unfunnel import NormalIdentity
    >>> from unfunnel.populations import group_mean_sd
    >>> with pm.Model(coords={"group": range(8)}) as model:
    ...     tau = pm.HalfNormal("tau")
    ...     mean = pm.Normal("mean", 0, group_mean_sd(2.0, tau, 8))
    ...     prior = NormalIdentity(mean, tau, dims="group", zero_sum="group", centered=False)
    ...     a = prior.create_variable("a")
    >>> model.initial_point()["a_noncentered__"].shape
    (7,)
    """
    require_several("group_mean_sd", {"group": groups})
    return (sd**2 + scale**2 / groups) ** 0.5


def draw_population_mean(
    group_mean: Any, scale: Any, *, groups: int, location: Any, sd: Any, random_seed: Any = None
) -> Any:
    """Draw the population mean, given the mean of the groups, for every posterior draw.

    Parameters
    ----------
    group_mean, scale : array or DataArray
        Posterior draws of the mean of the groups and of the standard deviation between them.
    groups : int
        Number of groups, at least 2.
    location, sd : number or array
        Mean and standard deviation of the prior of the population mean.
    random_seed : int or Generator, optional
        Fixes the draws.

    Returns
    -------
    array or DataArray
        One draw for each of ``group_mean``, with its labels.

    Raises
    ------
    DimsError, ParameterError
        If there are fewer than two groups, or ``scale`` has axes that ``group_mean`` lacks.

    Notes
    -----
    With ``w = (scale**2 / groups) / (sd**2 + scale**2 / groups)``, given the mean of the groups
    that of the population is normal around ``group_mean - w (group_mean - location)`` with
    variance ``w sd**2``.

    Examples
    --------
    >>> import numpy as np
    >>> from unfunnel.populations import draw_population_mean
    >>> draws = draw_population_mean(
    ...     np.full(4000, 3.0), 2.0, groups=4, location=0.0, sd=1.0, random_seed=1
    ... )
    >>> bool(abs(draws.mean() - 1.5) < 0.05), bool(abs(draws.std() - 0.5**0.5) < 0.05)
    (True, True)
    """
    require_several("draw_population_mean", {"group": groups})
    variance = scale**2 / groups
    weight = variance / (sd**2 + variance)
    mean = group_mean - weight * (group_mean - location)
    if np.shape(mean) != np.shape(group_mean):
        raise ParameterError(
            "draw_population_mean",
            expected=f"a scale that broadcasts to the shape {np.shape(group_mean)} of group_mean",
            given=f"shape {np.shape(scale)}",
        )
    noise = np.random.default_rng(random_seed).normal(size=np.shape(mean))
    return mean + (weight**0.5) * sd * noise
