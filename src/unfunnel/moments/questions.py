"""What can be asked of a prior: what it says, and the same prior between two bounds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from unfunnel.families.ops import NUMPY
from unfunnel.moments import constant_priors
from unfunnel.moments.constraining import constrained_hierarchy
from unfunnel.moments.implied import implied
from unfunnel.moments.report import Implied
from unfunnel.structures.zero_sum_options import require_marginal, without_zero_sum


class Questions:
    """Methods of priors, which ``self`` is: they read its parameters, bounds and options."""

    @property
    def preliz(self: Any) -> Any:
        """The PreliZ distribution of a prior with constant parameters."""
        return constant_priors.to_preliz(self.family, self._constant_parameters("preliz"))

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
            If bounds, mass or method cannot be meant.
        UnsupportedError
            If a hyperprior is not known well enough (arrays, tensors, hyperpriors of hyperpriors),
            or cannot be given another mean and standard deviation: ``mu`` needs two numbers, as
            Gamma has and Exponential has not; or none of its kind puts ``mass`` there.

        Examples
        --------
        >>> from unfunnel import LogNormalExp
        >>> prior = LogNormalExp(1, 1, dims="geo").constrain(0.5, 3, mass=0.9)
        >>> {name: round(value, 6) for name, value in prior.parameters.items()}
        {'mu': 1.420569, 'sigma': 0.834812}

        >>> from pymc_extras.prior import Prior
        >>> mean, sd = Prior("Gamma", mu=1, sigma=0.3), Prior("Exponential", scale=0.3)
        >>> prior = LogNormalExp(mean, sd, dims="geo").constrain(0.5, 3, mass=0.9)
        >>> round(prior.parameters["mu"].parameters["mu"], 2)
        1.64
        """
        self._require_all_parameters()
        if any(hasattr(value, "create_variable") for value in self.parameters.values()):
            if self.zero_sum is not None:
                require_marginal(self.family, self.zero_sum, "constrain")
            return constrained_hierarchy(self, lower, upper, mass, method)
        parameters = self._constant_parameters("constrain")
        new = constant_priors.constrained(
            self.family, parameters, lower, upper, mass, method, kwargs
        )
        stated: dict[str, Any] = self.family.in_terms_of(self.parameters, new, NUMPY)
        stated |= self.bounds
        if self.zero_sum is not None:
            stated |= self.zero_sum.options
        return type(self)(**stated, dims=self.dims, centered=self.centering)

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
        two hyperpriors, and otherwise of random draws; of each number it is said which.

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
            Prints as a table, with ``numbers``, ``value()``, ``to_dataframe()`` and ``plot()``.

        Warns
        -----
        MomentWarning
            If a hyperprior has no finite mean or variance, and so one element has none.

        Raises
        ------
        UnsupportedError
            If the prior has a ``transform``, or ``zero_sum``.
        LabelError, DimsError
            If an array does not match the coords.

        Examples
        --------
        >>> from pymc_extras.prior import Prior
        >>> from unfunnel import LogNormalExp
        >>> prior = LogNormalExp(Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5))
        >>> says = prior.implied(below=1)
        >>> round(says.value("sd"), 4), round(says.value("ICC"), 4), round(says.value("P(< 1)"), 4)
        (0.866, 0.3333, 0.2551)
        """
        self._require_all_parameters()
        if self.zero_sum is not None:
            raise without_zero_sum(self.family, "implied")
        return implied(self, coords, below, draws, random_seed)

    def _constant_parameters(self: Any, asked: str) -> dict[str, float]:
        self._require_all_parameters()
        if self.zero_sum is not None:
            require_marginal(self.family, self.zero_sum, asked)
        return constant_priors.constant_parameters(
            self.family, self.parameters, self.transform, asked
        )
