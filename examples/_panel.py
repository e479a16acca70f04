"""The media-mix panel of two notebooks: made-up data, and pymc-marketing's model of them."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from pymc_extras.prior import Prior
from pymc_marketing.mmm import MMM, GeometricAdstock, LogisticSaturation

CHANNELS, REGIONS, WEEKS = ["search", "video"], ["east", "north", "south", "west"], 104
ECHO, RATE, CEILING = np.array([0.3, 0.5]), np.array([0.8, 0.5]), np.array([30.0, 15.0])


class Panel(NamedTuple):
    """Spend by week and region, sales, and the ceilings they were made with (region, channel)."""

    X: pd.DataFrame
    y: pd.Series
    ceilings: np.ndarray


def panel(seed: int) -> Panel:
    """Make the data of a panel, in thousands of dollars.

    Weekly sales are a base level, plus for each channel a ceiling times a logistic curve of the
    spend that still echoes (geometric adstock), plus noise.
    """
    rng = np.random.default_rng(seed)
    spend = rng.gamma(2.0, 5.0, size=(len(REGIONS), WEEKS, 2))
    spend *= rng.random(spend.shape) < [0.9, 0.6]  # weeks without any spend on the channel
    base = 50 + 8 * rng.normal(size=len(REGIONS))
    ceiling = CEILING * rng.lognormal(-(0.4**2) / 2, 0.4, size=(len(REGIONS), 2))
    weights = ECHO[:, None] ** np.arange(8)
    weights /= weights.sum(axis=1, keepdims=True)
    sales = base[:, None] + 3 * rng.normal(size=(len(REGIONS), WEEKS))
    for region in range(len(REGIONS)):
        for channel in range(2):
            scaled = spend[region, :, channel] / spend[..., channel].max()
            echoing = RATE[channel] * np.convolve(scaled, weights[channel])[:WEEKS]
            sales[region] += ceiling[region, channel] * np.tanh(echoing / 2)
    weeks = pd.date_range("2023-01-02", periods=WEEKS, freq="W-MON")
    X = pd.DataFrame(
        {
            "date": np.tile(weeks, len(REGIONS)),
            "geo": np.repeat(REGIONS, WEEKS),
            "search": spend[..., 0].ravel(),
            "video": spend[..., 1].ravel(),
        }
    )
    return Panel(X, pd.Series(sales.ravel(), name="sales"), ceiling)


def media_mix(ceiling_prior: Any, data: Panel) -> MMM:
    """Build the media-mix model of a panel with a prior of the ceilings."""
    mmm = MMM(
        date_column="date",
        target_column="sales",
        channel_columns=CHANNELS,
        dims=("geo",),
        adstock=GeometricAdstock(
            l_max=8, priors={"alpha": Prior("Beta", alpha=2, beta=5, dims=("geo", "channel"))}
        ),
        saturation=LogisticSaturation(
            priors={
                "beta": ceiling_prior,
                "lam": Prior("Gamma", mu=0.5, sigma=0.25, dims="channel"),
            }
        ),
        scaling={
            "channel": {"method": "max", "dims": ()},
            "target": {"method": "max", "dims": ()},
        },
        model_config={
            "intercept": Prior("Gamma", mu=0.5, sigma=0.25, dims="geo"),
            "likelihood": Prior(
                "Normal", sigma=Prior("HalfNormal", sigma=1.5), dims=("date", "geo")
            ),
        },
    )
    mmm.build_model(data.X, data.y)
    return mmm
