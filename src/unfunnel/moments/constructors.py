"""Making a prior from other numbers than its moments: what every prior class inherits."""

from __future__ import annotations

from typing import Any, Self

from unfunnel.families import Family
from unfunnel.moments.medians_and_modes import from_median, from_mode
from unfunnel.moments.options import stated_family
from unfunnel.moments.quantiles import from_interval
from unfunnel.structures.zero_sum_options import require_marginal


class Constructors:
    """Class methods of priors that bind a family."""

    family: Family

    @classmethod
    def from_quantiles(cls, low: float, high: float, mass: float = 0.9, **options: Any) -> Self:
        """Return the prior whose central interval of probability ``mass`` is ``low`` to ``high``.

        Parameters
        ----------
        low, high : float
            Its ``(1 - mass) / 2`` and ``(1 + mass) / 2`` quantiles, in natural units.
        mass : float, default 0.9
            The probability between them.
        **options
            ``dims``, ``centered``, ``transform``, bounds (``lower``, ``upper``) and the degrees of
            freedom ``nu``, as in the constructor. With a ``transform`` the statement is about
            ``{name}_raw``.

        Returns
        -------
        NaturalPrior
            With constant parameters, exact: two quantiles are two linear equations for location
            and scale.

        Raises
        ------
        ParameterError
            If bounds or mass cannot be meant.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> LogNormalExp.from_quantiles(0.5, 3, mass=0.9, dims="geo").dims
        ('geo',)
        """
        subject = f"{cls.family.name}: from_quantiles"
        family, shape = stated_family(subject, cls.family, options)
        return cls._stated("from_quantiles", from_interval(family, low, high, mass, shape), options)

    @classmethod
    def from_median(
        cls, median: float, *, sigma: float | None = None, gsd: float | None = None, **options: Any
    ) -> Self:
        """Return the prior with this median and one measure of spread.

        Parameters
        ----------
        median : float
            In natural units.
        sigma : float, optional
            The standard deviation, in natural units.
        gsd : float, optional
            The geometric standard deviation, a factor above 1, of the distance from the bound;
            lognormal families only.
        **options
            ``dims``, ``centered``, ``transform``, bounds (``lower``, ``upper``) and the degrees of
            freedom ``nu``, as in the constructor.

        Returns
        -------
        NaturalPrior
            With constant parameters.

        Raises
        ------
        ParameterError
            If a number cannot be meant, or not exactly one of ``sigma`` and ``gsd`` is given.
        UnsupportedError
            If the family has no closed form for it; see :mod:`unfunnel.moments.medians_and_modes`.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> round(LogNormalExp.from_median(2, gsd=1.5).parameters["mu"], 6)
        2.171348
        """
        family, shape = stated_family(f"{cls.family.name}: from_median", cls.family, options)
        found = from_median(family, median, sigma=sigma, gsd=gsd, shape=shape)
        return cls._stated("from_median", found, options)

    @classmethod
    def from_mode(
        cls, mode: float, *, mu: float | None = None, sigma: float | None = None, **options: Any
    ) -> Self:
        """Return the prior with this mode and this mean or standard deviation.

        Parameters
        ----------
        mode : float
            The most likely value, in natural units.
        mu : float, optional
            The mean, further from the bound than the mode; lognormal families only.
        sigma : float, optional
            The standard deviation, in natural units.
        **options
            ``dims``, ``centered``, ``transform``, bounds (``lower``, ``upper``) and the degrees of
            freedom ``nu``, as in the constructor.

        Returns
        -------
        NaturalPrior
            With constant parameters.

        Raises
        ------
        ParameterError
            If a number cannot be meant, or not exactly one of ``mu`` and ``sigma`` is given.
        UnsupportedError
            If the family has no closed form for it; see :mod:`unfunnel.moments.medians_and_modes`.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> round(LogNormalExp.from_mode(1, sigma=0.5).parameters["mu"], 6)
        1.249546
        """
        family, shape = stated_family(f"{cls.family.name}: from_mode", cls.family, options)
        found = from_mode(family, mode, mu=mu, sigma=sigma, shape=shape)
        return cls._stated("from_mode", found, options)

    @classmethod
    def _stated(cls, asked: str, parameters: dict[str, float], options: dict[str, Any]) -> Self:
        prior: Any = cls(**{**parameters, **options})
        if prior.zero_sum is not None:
            require_marginal(prior.family, prior.zero_sum, asked)
        return prior  # type: ignore[no-any-return]  # a prior class takes these
