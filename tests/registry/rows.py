"""The families."""

from __future__ import annotations

from typing import Any

import numpy as np
import pymc as pm
import pytensor.tensor as pt
from pymc_extras.prior import Prior
from scipy import stats

from registry.by_hand import (
    Pair,
    log_normal_start,
    lognormal_by_hand,
    minimum_gumbel,
    mirrored,
    probit_normal_by_hand,
    student_t,
    weibull_by_hand,
)
from registry.exact import Mirrored, ProbitExact, WeibullExact
from registry.row import Row
from unfunnel import (
    LaplaceIdentity,
    LogNormalExp,
    NormalIdentity,
    ProbitNormal,
    StudentTIdentity,
    WeibullExp,
)


def _positive(mu_dims: Any, sigma_dims: Any) -> dict[str, Any]:
    return {
        "mu": Prior("Exponential", scale=1.0, dims=mu_dims),
        "sigma": Prior("Exponential", scale=0.5, dims=sigma_dims),
    }


def _positive_by_hand(mu_dims: Any, sigma_dims: Any) -> Pair:
    return (
        pm.Exponential("beta_mu", scale=1.0, dims=mu_dims),
        pm.Exponential("beta_sigma", scale=0.5, dims=sigma_dims),
    )


def _real(mu_dims: Any, sigma_dims: Any) -> dict[str, Any]:
    return {
        "mu": Prior("Normal", mu=0.3, sigma=1.0, dims=mu_dims),
        "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
    }


def _real_by_hand(mu_dims: Any, sigma_dims: Any) -> Pair:
    return (
        pm.Normal("beta_mu", 0.3, 1.0, dims=mu_dims),
        pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
    )


ROWS = {
    row.key: row
    for row in (
        Row(
            prior=LogNormalExp,
            hyperpriors=_positive,
            by_hand=_positive_by_hand,
            location_scale=lognormal_by_hand,
            inverse=pt.exp,
            distribution=pm.LogNormal,
            start=(-np.log(1.25) / 2, np.sqrt(np.log(1.25))),
            constants=(1.5, 0.5),
            exact=lambda location, scale: stats.lognorm(s=scale, scale=np.exp(location)),
            table=(
                (1.5, 0.5, 0.35278485027925123, 0.32459284597450126),
                (1.0, 1.0, -0.34657359027997265, 0.83255461115769776),
                (0.2, 0.05, -1.6397502233423178, 0.24622067706923974),
                (2.0, 0.01, 0.69313468071619271, 0.00499996875042317),
                (0.5, 3.0, -2.4986061368820575, 1.9002415406058843),
                (100.0, 250.0, 3.6146694515547997, 1.4074805394273071),
                (1.0, 1e-8, -5.0e-17, 1e-8),
                (1e-160, 1e-160, -368.76018846932728, 0.83255461115769776),
                (1e160, 1e150, 368.41361487904731, 1e-10),
                (1e-200, 1.0, -921.03403719761827, 30.348542587702927),
                (2.0, 1e200, -459.13072423768925, 30.325694432881473),
                (1.0, 1e-170, -5e-341, 1e-170),
            ),
            invalid=((-1.0, 1.0), (0.0, 1.0), (1.0, -1.0), (1.0, 0.0), (-1.0, -1.0)),
            offset="_log_offset",
        ),
        Row(
            label="LogNormalExp-above",
            prior=LogNormalExp,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Uniform", lower=-1.0, upper=3.0, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
                "lower": -2.0,
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Uniform("beta_mu", -1.0, 3.0, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
            ),
            location_scale=lambda mu, sigma: lognormal_by_hand(mu + 2, sigma),
            inverse=lambda theta: pt.exp(theta) - 2,
            distribution=None,
            start=log_normal_start(3.0, 0.7),
            constants=(1.5, 0.5),
            exact=lambda location, scale: stats.lognorm(scale, -2.0, np.exp(location)),
            table=((-0.5, 0.8, 0.2803019651541584, 0.5003261795149361),),
            invalid=((-2.0, 1.0), (-3.0, 1.0), (1.0, -1.0), (1.0, 0.0)),
            offset="_log_offset",
            options={"lower": -2.0},
        ),
        Row(
            label="LogNormalExp-below",
            prior=LogNormalExp,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Uniform", lower=-2.0, upper=2.5, dims=mu_dims),
                "sigma": Prior("HalfNormal", sigma=0.7, dims=sigma_dims),
                "upper": 3.0,
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Uniform("beta_mu", -2.0, 2.5, dims=mu_dims),
                pm.HalfNormal("beta_sigma", 0.7, dims=sigma_dims),
            ),
            location_scale=lambda mu, sigma: mirrored(lognormal_by_hand(3 - mu, sigma)),
            inverse=lambda theta: 3 - pt.exp(-theta),
            distribution=None,
            start=mirrored(log_normal_start(2.75, 0.7)),
            constants=(1.5, 0.5),
            exact=lambda location, scale: Mirrored(
                25.0, stats.lognorm(scale, 0.0, np.exp(-location))
            ),
            table=((23.5, 0.8, -0.2803019651541584, 0.5003261795149361),),
            invalid=((25.0, 1.0), (26.0, 1.0), (1.0, -1.0), (1.0, 0.0)),
            offset="_log_offset",
            options={"upper": 25.0},
        ),
        Row(
            prior=WeibullExp,
            hyperpriors=_positive,
            by_hand=_positive_by_hand,
            location_scale=weibull_by_hand,
            inverse=pt.exp,
            distribution=lambda name, location, scale, **options: pm.Weibull(
                name, 1 / scale, pt.exp(location), **options
            ),
            start=(np.log(1.1290633895396092), 1 / 2.1013490946885436),
            constants=(1.5, 0.5),
            exact=WeibullExact,
            table=tuple(
                (m, s, np.log(lam), 1 / k)
                for m, s, k, lam in (
                    (1.5, 0.5, 3.303524836756301, 1.6721224720696894),
                    (2.0, 2.0, 1.0, 2.0),
                    (0.2, 0.05, 4.542213092139039, 0.21904170776998383),
                    (1.0, 0.5, 2.1013490946885436, 1.1290633895396092),
                    (0.5, 3.0, 0.28615589407786624, 0.04330939912066281),
                )
            ),
            invalid=((-1.0, 1.0), (0.0, 1.0), (1.0, -1.0), (1.0, 0.0), (-1.0, -1.0)),
            offset="_log_offset",
            base=minimum_gumbel,
        ),
        Row(
            prior=ProbitNormal,
            hyperpriors=lambda mu_dims, sigma_dims: {
                "mu": Prior("Uniform", lower=0.0, upper=3.0, dims=mu_dims),
                "spread": Prior("Uniform", lower=0.1, upper=0.6, dims=sigma_dims),
                "lower": -1.0,
                "upper": 4.0,
            },
            by_hand=lambda mu_dims, sigma_dims: (
                pm.Uniform("beta_mu", 0.0, 3.0, dims=mu_dims),
                pm.Uniform("beta_spread", 0.1, 0.6, dims=sigma_dims),
            ),
            location_scale=probit_normal_by_hand,
            inverse=lambda theta: -1 + 2.5 * pt.erfc(-theta / np.sqrt(2)),
            distribution=None,
            # With a mean halfway: k = tan(pi (1 - spread**2) / 4), b**2 = (1 / k**2 - 1) / 2.
            start=(0.0, np.sqrt((np.tan(np.pi * (1 - 0.35**2) / 4) ** -2 - 1) / 2)),
            constants=(1.5, 5.0),
            exact=lambda location, scale: ProbitExact(location, scale, -5.0, 25.0),
            table=tuple(
                (-5 + 30 * m, 30 * s, a, b)
                for m, s, a, b in (
                    (0.5, 0.1, 0.0, 0.258838397064966),
                    (0.5, np.sqrt(1 / 12), 0.0, 1.0),
                    (0.25, np.sqrt(3 / 80), -0.830947657881689, 0.719539692826164),
                    (0.3, 0.1, -0.547245785028361, 0.298373875993045),
                    (0.7, 0.15, 0.579456461566119, 0.470105596343843),
                    (0.9, 0.05, 1.33346567914495, 0.287504015426052),
                    (0.95, 0.1, 2.35018452563296, 1.02053913534593),
                    (0.05, 0.04, -1.76087376938562, 0.382159255150136),
                    (0.5, 0.4, 0.0, 2.3288966720639),
                    (0.8, 0.3, 1.90766954523039, 2.03414588817664),
                    (0.01, 0.005, -2.36481326929348, 0.182599934433187),
                )
            ),
            invalid=((-5.0, 1.0), (25.0, 1.0), (1.0, -1.0), (1.0, 0.0), (1.0, 12.0), (30.0, 1.0)),
            offset="_probit_offset",
            options={"lower": -5.0, "upper": 25.0},
            scale="spread",
            random_scale=lambda: Prior("Beta", alpha=2, beta=5),
            reach=7.0,
        ),
        Row(
            prior=NormalIdentity,
            hyperpriors=_real,
            by_hand=_real_by_hand,
            location_scale=lambda mu, sigma: (mu, sigma),
            inverse=lambda theta: theta,
            distribution=pm.Normal,
            start=(0.3, 0.7),
            constants=(-0.4, 0.8),
            exact=stats.norm,
            table=((-3.0, 0.25, -3.0, 0.25), (0.0, 7.0, 0.0, 7.0)),
            invalid=((1.0, -1.0), (1.0, 0.0), (-1.0, -0.5)),
        ),
        Row(
            prior=StudentTIdentity,
            hyperpriors=lambda mu_dims, sigma_dims: {
                **_real(mu_dims, sigma_dims),
                "nu": Prior("Uniform", lower=3.0, upper=9.0),
            },
            by_hand=lambda mu_dims, sigma_dims: (
                *_real_by_hand(mu_dims, sigma_dims),
                pm.Uniform("beta_nu", 3.0, 9.0),
            ),
            location_scale=lambda mu, sigma, nu: (mu, sigma / pt.sqrt(nu / (nu - 2))),
            inverse=lambda theta: theta,
            distribution=student_t,
            start=(0.3, 0.7 * np.sqrt(2 / 3)),
            constants=(-0.4, 0.8),
            exact=lambda location, scale: stats.t(5.0, location, scale),
            table=((-3.0, 2.0, -3.0, 1.5491933384829667), (0.0, 1e-9, 0.0, 7.7459666924148338e-10)),
            invalid=((1.0, -1.0), (1.0, 0.0), (-1.0, -0.5)),
            base=student_t,
            options={"nu": 5.0},
        ),
        Row(
            prior=LaplaceIdentity,
            hyperpriors=_real,
            by_hand=_real_by_hand,
            location_scale=lambda mu, sigma: (mu, sigma / np.sqrt(2)),
            inverse=lambda theta: theta,
            distribution=pm.Laplace,
            start=(0.3, 0.7 / np.sqrt(2)),
            constants=(-0.4, 0.8),
            exact=stats.laplace,
            table=((-3.0, 2.0, -3.0, 1.4142135623730950), (0.0, 1.0, 0.0, 0.70710678118654752)),
            invalid=((1.0, -1.0), (1.0, 0.0), (-1.0, -0.5)),
            base=pm.Laplace,
        ),
    )
}
