"""The models: one hierarchy, written in every way that is compared.

The hierarchy is that of :mod:`benchmarks.hierarchies`. Two ways cannot say that of
``LogNormalExp`` and are given a comparable prior on the log scale: ``Prior(transform="exp")``, and
VIP, which supports Normal variables only. These, and the priors of pymc-marketing, are for positive
log-normal effects; what our own priors can do is there for every family.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
import pymc as pm
import pymc.dims as pmd
import xarray as xr
from pymc_extras.prior import Prior

from benchmarks.grid import DEFAULT_FAMILY, FormName
from benchmarks.hierarchies import LOG_EFFECT, MU, SIGMA, hierarchy_of
from benchmarks.preparation import (
    Preparation,
    by_advi,
    by_pilot,
    with_data,
    with_own_data,
)
from benchmarks.regimes import GROUPS, Likelihood
from unfunnel.optional import require
from unfunnel.tuning.compiled import LOW_RANK

# Under the prior of ``LogNormalExp`` the log-scale sd has mean 0.325 and median 0.237, like an
# exponential law, and the quartiles of an effect are 0.99, 1.40 and 1.87. Under these they are
# 1.00, 1.39 and 1.94.
LOG_MU = Prior("Normal", mu=0.33, sigma=0.38)
LOG_SIGMA = Prior("Exponential", scale=0.33)

Builder = Callable[..., Any]


@dataclass(frozen=True)
class Form:
    """How a model is written and sampled.

    Parameters
    ----------
    build : callable
        ``(likelihood) -> model``; if ``any_family``, ``(likelihood, family=)``. Forms with the same
        function share what is compiled.
    prepare : callable
        What is done before it is sampled; see :mod:`benchmarks.preparation`.
    prepared_once : bool
        Whether that is done once for a data set, and not for every fit.
    options : dict
        Passed to ``nutpie.sample``.
    compile_options : dict
        Passed to ``nutpie.compile_pymc_model``.
    needs : dict
        From modules that have to be installed to the extra with which they come.
    any_family : bool
        Whether there is such a form of every family.
    """

    build: Builder
    prepare: Preparation = with_data
    prepared_once: bool = False
    options: dict[str, Any] = field(default_factory=dict)
    compile_options: dict[str, Any] = field(default_factory=dict)
    needs: dict[str, str] = field(default_factory=dict)
    any_family: bool = False

    @property
    def frozen(self) -> bool:
        """Whether data are compiled in, as the flow of nutpie cannot do without."""
        return self.prepare is with_own_data

    def model(self, likelihood: Likelihood, family: str) -> Any:
        """Build the model of a family."""
        options = {"family": family} if self.any_family else {}
        return self.build(likelihood, **options)


def _model(prior: Any, likelihood: Likelihood, labelled: bool = False) -> Any:
    """Build a model with data that are replaced later."""
    with pm.Model(coords={"group": range(GROUPS)}) as model:
        phi = prior.create_variable("phi", xdist=labelled)
        lib: Any = pmd if labelled else pm

        def data(name: str, value: Any) -> Any:
            if labelled:
                return pmd.Data(name, xr.DataArray(value, dims=("group",)))
            return pm.Data(name, value, dims="group")

        dims = {} if labelled else {"dims": "group"}
        if likelihood is Likelihood.NORMAL:
            noise = data("noise", np.ones(GROUPS))
            lib.Normal("y", phi, noise, observed=data("ybar", np.ones(GROUPS)), **dims)
        elif likelihood is Likelihood.POISSON:
            rate = data("exposure", np.ones(GROUPS)) * phi
            lib.Poisson("y", rate, observed=data("count", np.ones(GROUPS, dtype=int)), **dims)
    return model


def _natural(centered: Any) -> Builder:
    def build(likelihood: Likelihood, family: str = DEFAULT_FAMILY) -> Any:
        prior = hierarchy_of(family).prior(dims="group", centered=centered)
        return _model(prior, likelihood)

    return build


def _log_scale(centered: bool) -> Builder:
    prior = Prior(
        "Normal", mu=LOG_MU, sigma=LOG_SIGMA, dims="group", centered=centered, transform="exp"
    )
    return lambda likelihood: _model(prior, likelihood)


def _marketing(centered: bool) -> Builder:
    def build(likelihood: Likelihood) -> Any:
        special = require("pymc_marketing.special_priors", "marketing")
        prior = special.LogNormalPrior(mean=MU, std=SIGMA, dims=("group",), centered=centered)
        return _model(prior, likelihood, labelled=True)

    return build


def _vip(likelihood: Likelihood) -> Any:
    from pymc_extras.model.transforms.autoreparam import vip_reparametrize

    model, _ = vip_reparametrize(_log_centered(likelihood), [LOG_EFFECT])
    return model


_informed, _centered, _noncentered = (_natural(c) for c in ("auto", True, False))
_log_centered = _log_scale(True)
_MARKETING = {"pymc_marketing": "marketing"}
_ours = partial(Form, any_family=True)

#: Every form by its name. "noncentered-softplus" is "auto" without its pilot: all steering values
#: are zero, so that of the two things that "auto" does only the transform of ``sigma`` is left.
FORMS: dict[FormName, Form] = {
    FormName.AUTO: _ours(_informed, by_pilot),
    FormName.AUTO_DIAG: _ours(_informed, by_pilot, options={"adaptation": "diag"}),
    FormName.CENTERED: _ours(_centered),
    FormName.NONCENTERED: _ours(_noncentered),
    FormName.NONCENTERED_SOFTPLUS: _ours(_informed),
    FormName.EXP_CENTERED: Form(_log_centered),
    FormName.EXP_NONCENTERED: Form(_log_scale(False)),
    FormName.MARKETING_CENTERED: Form(_marketing(True), needs=_MARKETING),
    FormName.MARKETING_NONCENTERED: Form(_marketing(False), needs=_MARKETING),
    FormName.VIP: Form(_vip, by_advi, prepared_once=True),
    FormName.CENTERED_LOW_RANK: _ours(_centered, options=LOW_RANK),
    FormName.NONCENTERED_LOW_RANK: _ours(_noncentered, options=LOW_RANK),
    FormName.FLOW: _ours(
        _noncentered,
        with_own_data,
        options={"adaptation": "flow"},
        compile_options={
            "backend": "jax",
            "gradient_backend": "jax",
        },
        needs={"jax": "flow", "flowjax": "flow", "equinox": "flow"},
    ),
}
