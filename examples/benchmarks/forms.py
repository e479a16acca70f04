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
    LOW_RANK,
    Compiled,
    Preparation,
    by_advi,
    by_pilot,
    compile_model,
    set_data,
    with_data,
    with_own_data,
)
from benchmarks.regimes import GROUPS, Data, Likelihood
from unfunnel.optional import require

# Under the prior of ``LogNormalExp`` the log-scale sd has mean 0.325 and median 0.237, like an
# exponential law, and the quartiles of an effect are 0.99, 1.40 and 1.87. Under these they are
# 1.00, 1.39 and 1.94.
LOG_MU = Prior("Normal", mu=0.33, sigma=0.38)
LOG_SIGMA = Prior("Exponential", scale=0.33)


@dataclass(frozen=True)
class Form:
    """How a model is written and sampled.

    ``build`` makes the model from a likelihood, and from a family if it can be of any; forms with
    the same ``build`` share what is compiled. ``prepare`` is what is done before it is sampled, for
    every fit or once for a data set. Options go to ``nutpie.sample`` and to nutpie's compilation;
    ``needs`` leads from modules that have to be installed to the extra with which they come.
    """

    build: Callable[..., Any]
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

    def compile(self, data: Data, family: str) -> Compiled:
        """Build and compile the model; only what is frozen depends on the numbers."""
        options = {"family": family} if self.any_family else {}
        model = self.build(data.likelihood, **options)
        if self.frozen:
            set_data(model, data)
        return compile_model(model, **self.compile_options)


def _model(prior: Any, likelihood: Likelihood, labelled: bool = False) -> Any:
    """Build a model with data that are replaced later."""
    with pm.Model(coords={"group": range(GROUPS)}) as model:
        phi = prior.create_variable("phi", xdist=labelled)
        lib: Any = pmd if labelled else pm
        dims = {} if labelled else {"dims": "group"}

        def data(name: str, value: Any) -> Any:
            value = xr.DataArray(value, dims=("group",)) if labelled else value
            return lib.Data(name, value, **dims)

        if likelihood is Likelihood.NORMAL:
            noise = data("noise", np.ones(GROUPS))
            lib.Normal("y", phi, noise, observed=data("ybar", np.ones(GROUPS)), **dims)
        elif likelihood is Likelihood.POISSON:
            rate = data("exposure", np.ones(GROUPS)) * phi
            lib.Poisson("y", rate, observed=data("count", np.ones(GROUPS, dtype=int)), **dims)
    return model


def _natural(centered: Any, likelihood: Likelihood, family: str = DEFAULT_FAMILY) -> Any:
    return _model(hierarchy_of(family).prior(dims="group", centered=centered), likelihood)


def _log_scale(centered: bool, likelihood: Likelihood) -> Any:
    options = {"dims": "group", "centered": centered, "transform": "exp"}
    return _model(Prior("Normal", mu=LOG_MU, sigma=LOG_SIGMA, **options), likelihood)


def _marketing(centered: bool, likelihood: Likelihood) -> Any:
    special = require("pymc_marketing.special_priors", "marketing")
    prior = special.LogNormalPrior(mean=MU, std=SIGMA, dims=("group",), centered=centered)
    return _model(prior, likelihood, labelled=True)


def _vip(likelihood: Likelihood) -> Any:
    from pymc_extras.model.transforms.autoreparam import vip_reparametrize

    model, _ = vip_reparametrize(_log_scale(True, likelihood), [LOG_EFFECT])
    return model


_informed, _centered, _noncentered = (partial(_natural, c) for c in ("auto", True, False))
_MARKETING = {"pymc_marketing": "marketing"}
_ours = partial(Form, any_family=True)

#: Every form by its name. "noncentered-softplus" is "auto" without its pilot: of the two things
#: that "auto" does only the transform of ``sigma`` is left.
FORMS: dict[FormName, Form] = {
    FormName.AUTO: _ours(_informed, by_pilot),
    FormName.AUTO_DIAG: _ours(_informed, by_pilot, options={"adaptation": "diag"}),
    FormName.CENTERED: _ours(_centered),
    FormName.NONCENTERED: _ours(_noncentered),
    FormName.NONCENTERED_SOFTPLUS: _ours(_informed),
    FormName.EXP_CENTERED: Form(partial(_log_scale, True)),
    FormName.EXP_NONCENTERED: Form(partial(_log_scale, False)),
    FormName.MARKETING_CENTERED: Form(partial(_marketing, True), needs=_MARKETING),
    FormName.MARKETING_NONCENTERED: Form(partial(_marketing, False), needs=_MARKETING),
    FormName.VIP: Form(_vip, by_advi, prepared_once=True),
    FormName.CENTERED_LOW_RANK: _ours(_centered, options=LOW_RANK),
    FormName.NONCENTERED_LOW_RANK: _ours(_noncentered, options=LOW_RANK),
    FormName.FLOW: _ours(
        _noncentered,
        with_own_data,
        options={"adaptation": "flow"},
        compile_options={"backend": "jax", "gradient_backend": "jax"},
        needs={"jax": "flow", "flowjax": "flow", "equinox": "flow"},
    ),
}
