"""The priors of the library: each binds a family to ``NaturalPrior`` and documents it."""

from __future__ import annotations

from unfunnel.families import LOGNORMAL_EXP, NORMAL_IDENTITY
from unfunnel.prior import NaturalPrior

__all__ = ["LogNormalExp", "NaturalPrior", "NormalIdentity"]


class LogNormalExp(NaturalPrior):
    """A positive prior stated by its mean and standard deviation in natural units.

    Unlike in ``pm.LogNormal``, ``mu`` and ``sigma`` are *not* on the log scale: they are the mean
    and the standard deviation of the variable itself, as in ``pm.Gamma``. The conversion happens in
    the graph, so the moments are exact for every draw of the hyperparameters.

    Parameters
    ----------
    mu : number, array, DataArray, tensor or Prior
        The mean, in the units of the variable; positive.
    sigma : number, array, DataArray, tensor or Prior
        The standard deviation, in the units of the variable; positive.
    dims : str or sequence of str, optional
        Dims of the variable.
    centered : bool, weight, "auto" or "offset", default True
        The coordinate the sampler works in; see :mod:`unfunnel.centering`. It never changes the
        model: whatever is chosen, ``name`` is one ``LogNormal`` random variable. Only ``"offset"``,
        the textbook form, makes it a Deterministic of ``{name}_log_offset``. A weight in [0, 1]
        (number, array or labelled DataArray) lies between non-centered (0) and centered (1).
        ``"auto"`` is what the data ask for, found by :func:`unfunnel.sample` or
        :func:`unfunnel.tune`; until then it is non-centered.
    transform : str, optional
        Name of a function applied to the variable; the moments are then those of ``{name}_raw``.
    zero_sum : str or sequence of str, optional
        Dims along which the deviations of ``log phi`` from its location sum to zero. The variable
        is then drawn jointly along them, and ``exp(location)`` is the geometric mean of the
        elements. The scale may not vary along them.
    zero_sum_scale : {"marginal", "population"}, optional
        With ``zero_sum``, what ``sigma`` is the standard deviation of: of one element, whose
        stated moments are then exact (the default here), or of the population whose elements would
        deviate so from their own mean (the default where there is no link).

    Raises
    ------
    ParameterError, CenteringError, DimsError
        At construction, if something cannot be meant.

    See Also
    --------
    NormalIdentity : The same for real-valued effects.

    Notes
    -----
    With ``d = log(sigma) - log(mu)``, ``log phi`` is normal with variance ``softplus(2 d)`` and
    mean ``log(mu) - softplus(2 d) / 2``; see :mod:`unfunnel.families.lognormal_exp`. Stating a
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
    """

    family = LOGNORMAL_EXP


class NormalIdentity(NaturalPrior):
    """A real-valued prior stated by its mean and standard deviation.

    Parameters
    ----------
    mu : number, array, DataArray, tensor or Prior
        The mean.
    sigma : number, array, DataArray, tensor or Prior
        The standard deviation; positive.
    dims, centered, transform
        As in :class:`LogNormalExp`; the offset of ``centered="offset"`` is ``{name}_offset``.
    zero_sum, zero_sum_scale
        As in :class:`LogNormalExp`, for the deviations from ``mu``; the default scale is that of
        the population, as in ``pm.ZeroSumNormal``.

    See Also
    --------
    LogNormalExp : The same for positive effects.

    Examples
    --------
    >>> from pymc_extras.prior import Prior
    >>> from unfunnel import NormalIdentity
    >>> NormalIdentity(mu=Prior("Normal"), sigma=Prior("HalfNormal"), dims="school", centered=False)
    NormalIdentity(mu=Prior("Normal"), sigma=Prior("HalfNormal"), dims="school", centered=False)
    """

    family = NORMAL_IDENTITY
