"""The models of the demo: the funnel of the original post, and the Grunfeld investment panel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pymc as pm
from pymc_extras.prior import Prior
from pytensor.compile.mode import Mode

from unfunnel import LogNormalExp
from unfunnel.optional import require

# -- The funnel: one positive scalar, its spread unknown, no data ------------------------------
#
# The post writes phi ~ LogNormal(1, sigma), sigma ~ Gamma(mu=1, sigma=1), both on the log
# scale. In natural units: a mean of e = exp(1), the typical value of the former, and the same
# law for the standard deviation of phi itself. The two are different models (the first has a
# mean of phi that is infinite); each is one funnel.

SPREAD = Prior("Gamma", mu=1, sigma=1)


def hand_written_funnel(centered: bool) -> pm.Model:
    """Build the funnel of the post, written in plain PyMC."""
    with pm.Model() as model:
        sigma = pm.Gamma("sigma", mu=1, sigma=1)
        if centered:
            pm.LogNormal("phi", 1, sigma)
        else:
            pm.Deterministic("phi", pm.math.exp(1 + sigma * pm.Normal("z")))
    return model


def funnel(prior: Prior) -> pm.Model:
    """Build a model with nothing but one prior."""
    with pm.Model() as model:
        prior.create_variable("phi")
    return model


def log_scale_funnel_prior(centered: bool) -> Prior:
    """Return the post's prior, in log units."""
    return Prior("Normal", mu=1, sigma=SPREAD, transform="exp", centered=centered)


def natural_funnel_prior(centered: bool) -> LogNormalExp:
    """Return its counterpart, in natural units."""
    return LogNormalExp(mu=float(np.e), sigma=SPREAD, centered=centered)


# -- Grunfeld: 11 firms, 20 years --------------------------------------------------------------
#
# The textbook regression (Grunfeld 1958): a firm's investment on its market value and its
# capital stock, with a slope of its own for every firm. Both slopes are dollars of investment a
# year per dollar of value or stock, and positive. We keep that unit. Investment runs from 1 to
# 1,487 million dollars, so every firm is divided by its own mean investment (left and right,
# which leaves the slopes what they are); predictors are centered by firm. Then intercepts are
# about 1 and noise is a share of a usual year's investment.
#
# Hyperpriors, the same for both slopes. In natural units: the mean over firms is around 0.20 +-
# 0.15 dollars, and firms differ by something like 0.10. On the log scale, what that implies: a
# location with the same central 68% (-3.2 to -1.2) and a scale with the same mean (0.6).


@dataclass(frozen=True)
class Panel:
    """The scaled data, one row for each firm and year."""

    firms: list[str]
    firm: np.ndarray
    investment: np.ndarray
    value: np.ndarray
    capital: np.ndarray


def grunfeld() -> Panel:
    """Load the panel (public domain, comes with statsmodels) and scale it."""
    data = require("statsmodels.datasets.grunfeld", "test").load_pandas().data
    firms = sorted(data["firm"].unique())
    by_firm = data.groupby("firm")
    unit = by_firm["invest"].transform("mean")
    value, capital = (
        (data[column] - by_firm[column].transform("mean")) / unit for column in ("value", "capital")
    )
    return Panel(
        firms=firms,
        firm=np.array([firms.index(name) for name in data["firm"]]),
        investment=(data["invest"] / unit).to_numpy(),
        value=value.to_numpy(),
        capital=capital.to_numpy(),
    )


def log_scale_slope(centered: bool) -> Prior:
    """Return what one would have written: a normal hierarchy of log slopes."""
    return Prior(
        "Normal",
        mu=Prior("Normal", mu=-2.2, sigma=1),
        sigma=Prior("Exponential", scale=0.6),
        dims="firm",
        transform="exp",
        centered=centered,
    )


def natural_slope(centered: bool) -> LogNormalExp:
    """Return a hierarchy of slopes in dollars per dollar."""
    return LogNormalExp(
        mu=Prior("Gamma", mu=0.2, sigma=0.15),
        sigma=Prior("Exponential", scale=0.1),
        dims="firm",
        centered=centered,
    )


def panel_priors(slope: Prior) -> dict[str, Any]:
    """Return all priors of the panel model, by name of the variable."""
    return {
        "intercept": Prior("Normal", mu=1, sigma=0.5, dims="firm"),
        "noise": Prior("HalfNormal", sigma=0.5, dims="firm"),
        "value_slope": slope,
        "capital_slope": slope,
    }


def panel_model(priors: dict[str, Any], panel: Panel) -> pm.Model:
    """Build the regression with these priors."""
    with pm.Model(coords={"firm": panel.firms}) as model:
        variables = {name: prior.create_variable(name) for name, prior in priors.items()}
        mean = (
            variables["intercept"][panel.firm]
            + variables["value_slope"][panel.firm] * panel.value
            + variables["capital_slope"][panel.firm] * panel.capital
        )
        pm.Normal("investment", mean, variables["noise"][panel.firm], observed=panel.investment)
    return model


def plain_logp(model: pm.Model) -> Any:
    """Compile the log density as it is written, without rewriting the graph.

    Rewriting may sum in another order, depending on what a process compiled before; so two equal
    models would agree to rounding only. As written, they agree to the last bit.
    """
    return model.compile_logp(mode=Mode(linker="py", optimizer=None))
