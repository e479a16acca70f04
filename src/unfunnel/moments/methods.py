"""What every prior class inherits: making a prior from other numbers, and asking what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Self

from unfunnel.distributions.object_facts import require_number
from unfunnel.errors import ParameterError, UnsupportedError, listed, nearest
from unfunnel.families import Family
from unfunnel.families.base import OPTIONS
from unfunnel.families.ops import NUMPY
from unfunnel.moments.any_prior import is_factory
from unfunnel.moments.constant_parameters import (
    check_interval,
    from_center,
    from_interval,
    from_quantiles,
    maximum_entropy,
    moments_at,
    to_preliz,
)
from unfunnel.moments.constrain import constrained_hierarchy, of_same_class
from unfunnel.moments.implied import implied
from unfunnel.moments.report import Implied
from unfunnel.structures.zero_sum_options import require_marginal, without_zero_sum

_METHODS = ("equal-tails", "maxent")


def stated_law(
    subject: str, kind: Any, options: Mapping[str, Any]
) -> tuple[Family, tuple[float, ...]]:
    """Return the family of a class of priors at the bounds among options, and its base parameters.

    The options are what a prior is given beside a statement that determines mean and deviation.
    """
    shape = kind.family.base.shape
    allowed = (*shape, *kind.family.bound_names, *OPTIONS)
    for name in kind.family.known_parameters.keys() & options.keys() - set(shape):
        raise ParameterError(
            subject,
            expected=f"no parameters beside the statement but {listed(allowed)}",
            given=f"{name}=, which the statement determines",
            remedy="Leave it out, or state the prior by its parameters.",
        )
    # Everything else is checked as in a prior whose mean comes later.
    family: Family = kind(**{"sigma": 1.0, **options}).family
    for name in shape:
        require_number(subject, name, options[name])
    return family, tuple(float(options[name]) for name in shape)


class MomentMethods:
    """Methods of priors, which ``self`` is: they read its parameters, bounds and options."""

    family: Family

    @classmethod
    def from_quantiles(cls, low: float, high: float, mass: float = 0.9, **options: Any) -> Self:
        """Return the constant prior with probability ``mass`` between ``low`` and ``high``.

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

        Raises
        ------
        ParameterError
            If a number cannot be meant, or no numbers state such a prior.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> LogNormalExp.from_quantiles(0.5, 3, mass=0.9, dims="geo").dims
        ('geo',)
        """
        return cls._stated("from_quantiles", options, from_quantiles, low, high, mass)

    @classmethod
    def from_median(
        cls, median: float, *, sigma: float | None = None, gsd: float | None = None, **options: Any
    ) -> Self:
        """Return the constant prior with this median and one of ``sigma`` and ``gsd``.

        Options and errors are those of :meth:`from_quantiles`; a family that has no closed form
        for it raises UnsupportedError.

        Parameters
        ----------
        median, sigma : float
            The median and the standard deviation, in natural units.
        gsd : float
            The geometric standard deviation, a factor above 1, of the distance from the bound: two
            thirds of the values lie between ``median / gsd`` and ``median * gsd``. Lognormal
            families only.
        """
        return cls._stated(
            "from_median", options, from_center, "median", median, {"sigma": sigma, "gsd": gsd}
        )

    @classmethod
    def from_mode(
        cls, mode: float, *, mu: float | None = None, sigma: float | None = None, **options: Any
    ) -> Self:
        """Return the constant prior with this mode and one of ``mu`` and ``sigma``.

        Options and errors are those of :meth:`from_median`.

        Parameters
        ----------
        mode, sigma : float
            The most likely value and the standard deviation, in natural units.
        mu : float
            The mean, further from the bound than the mode. Lognormal families only.
        """
        return cls._stated(
            "from_mode", options, from_center, "mode", mode, {"mu": mu, "sigma": sigma}
        )

    @classmethod
    def _stated(
        cls,
        asked: str,
        options: dict[str, Any],
        state: Callable[..., dict[str, float]],
        *statement: Any,
    ) -> Self:
        subject = f"{cls.family.name}: {asked}"
        parameters = state(subject, *stated_law(subject, cls, options), *statement)
        prior: Any = cls(**{**parameters, **options})
        if prior.zero_sum is not None:
            require_marginal(prior.family, prior.zero_sum, asked)
        return prior  # type: ignore[no-any-return]  # a prior class takes these

    @property
    def preliz(self: Any) -> Any:
        """The PreliZ distribution of a prior with constant parameters."""
        return to_preliz(self.family, self._numbers("preliz"))

    def constrain(
        self: Any,
        lower: float,
        upper: float,
        mass: float = 0.95,
        kwargs: dict[str, Any] | None = None,
        *,
        method: str = "equal-tails",
    ) -> Any:
        """Return the prior of the same kind that holds ``mass`` between ``lower`` and ``upper``.

        Of a hierarchical prior it is one element, hyperparameters averaged out, that lies between
        the bounds. Kept are the families of the hyperpriors and how the variance divides: the share
        of it that is that of ``mu`` (the intraclass correlation), and the coefficient of variation
        of ``sigma``, or of the ratio in its place (``cv``, ``spread``). New are the mean and the
        standard deviation of one element, and with them those of the hyperpriors.

        Parameters
        ----------
        lower, upper : float
            The bounds, inside the support.
        mass : float, default 0.95
            The probability between them.
        kwargs : dict, optional
            Further arguments of ``preliz.maxent``, for ``method="maxent"``.
        method : {"equal-tails", "maxent"}
            Equal tails leave ``(1 - mass) / 2`` on each side, in closed form for constant
            parameters. Maximum entropy (what upstream does) puts most of the rest on one side; it
            is for constant parameters only.

        Returns
        -------
        NaturalPrior
            Of the same class, with new constant parameters or new hyperpriors; dims and centering
            are kept.

        Raises
        ------
        ParameterError
            If a number cannot be meant, or no numbers state such a prior.
        UnsupportedError
            If a hyperprior is not known well enough, or cannot be given another mean and standard
            deviation: ``mu`` needs two numbers, as Gamma has and Exponential has not.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> prior = LogNormalExp(1, 1, dims="geo").constrain(0.5, 3, mass=0.9)
        >>> {name: round(value, 6) for name, value in prior.parameters.items()}
        {'mu': 1.420569, 'sigma': 0.834812}
        """
        self._require_all_parameters()
        family, subject = self.family, f"{self.family.name}: constrain"
        lower, upper, mass = check_interval(subject, family, {"lower": lower, "upper": upper}, mass)
        if any(map(is_factory, self.parameters.values())):
            if self.zero_sum is not None:
                require_marginal(family, self.zero_sum, "constrain")
            return constrained_hierarchy(self, lower, upper, mass, method)
        shape = family.shape(self._numbers("constrain"))
        if method not in _METHODS:
            raise ParameterError(
                subject,
                expected=f"method to be one of {_METHODS}",
                given=repr(method),
                remedy=nearest(method, _METHODS).strip(),
            )
        if method == "maxent":
            place = maximum_entropy(family, shape, lower, upper, mass, kwargs)
            moments = moments_at(subject, family, *place, shape)
        else:
            moments = from_interval(subject, family, lower, upper, mass, shape)
        new = {**moments, **dict(zip(family.base.shape, shape, strict=True))}
        return of_same_class(self, family.in_terms_of(self.parameters, new, NUMPY))

    def implied(
        self: Any,
        coords: Mapping[str, Any] | None = None,
        *,
        below: float | None = None,
        draws: int | None = None,
        random_seed: int | None = None,
    ) -> Implied:
        """Return what the prior says about one element and about each hyperparameter.

        Mean and standard deviation of one element, and the correlation (ICC) of two elements with
        the same ``mu``, follow from the moments of the hyperpriors alone, by the law of total
        variance: ``E = E[mu]``, ``Var = Var[mu] + E[sigma**2]``, ``ICC = Var[mu] / Var``. They are
        exact. Quantiles and probabilities are exact for constant parameters, integrals for one or
        two hyperpriors, and otherwise of random draws; of each number it is said which. A
        MomentWarning names a hyperprior without a finite mean or variance.

        Parameters
        ----------
        coords : mapping, optional
            Labels of the dims along which arrays or tensors differ, as of the model. Arrays with
            labels are matched with them; by default arrays have their own labels, or positions.
        below : float, optional
            Also say how probable it is that an element, and its mean, is below this number.
        draws : int, optional
            How many random draws to take where it comes to draws; 200 000 by default, 10 000 if
            something must be drawn in a model (tensors, hyperpriors of unknown law).
        random_seed : int, optional
            For these.

        Returns
        -------
        Implied
            Shown as a table, with ``numbers``, ``value()``, ``to_dataframe()`` and ``plot()``.

        Raises
        ------
        UnsupportedError
            If the prior has a ``transform``, or ``zero_sum``.
        LabelError, DimsError
            If an array does not match the coords.
        ParameterError
            If a quantile is beyond the range of floats.
        """
        self._require_all_parameters()
        if self.zero_sum is not None:
            raise without_zero_sum(self.family, "implied")
        return implied(self, coords, below, draws, random_seed)

    def _numbers(self: Any, asked: str) -> dict[str, float]:
        """Return the usual parameters as numbers, or say why the question has no answer."""
        self._require_all_parameters()
        subject = f"{self.family.name}: {asked}"
        if self.zero_sum is not None:
            require_marginal(self.family, self.zero_sum, asked)
        for key, value in self.parameters.items():
            if not isinstance(value, int | float):
                raise UnsupportedError(
                    subject,
                    expected="constant scalar parameters",
                    given=f"{key}={value!r}",
                    remedy="Ask it of a prior with numbers; for this one use sample_prior.",
                )
        if self.transform is not None:
            raise UnsupportedError(
                subject,
                expected="a prior without transform=",
                given=f"transform={self.transform!r}",
            )
        numbers = {key: float(value) for key, value in self.parameters.items()}
        return {key: float(value) for key, value in self.family.stated(numbers, NUMPY).items()}
