"""How a prior is shown."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Prior
from xarray import DataArray

from unfunnel import LogNormalExp, NormalIdentity

LABELLED = DataArray([0.5, 1.0], dims="geo", coords={"geo": ["a", "b"]})

TEXTS = {
    "LogNormalExp(mu=1.5, sigma=0.5)": LogNormalExp(1.5, 0.5),
    'LogNormalExp(mu=1, sigma=2, dims="geo", centered=False)': LogNormalExp(
        1, 2, dims="geo", centered=False
    ),
    'NormalIdentity(mu=0, sigma=1, dims=("geo", "channel"), centered="offset", transform="exp")': (
        NormalIdentity(0, 1, dims=("geo", "channel"), centered="offset", transform="exp")
    ),
    'LogNormalExp(mu=Prior("Gamma", mu=1, sigma=1), sigma=LogNormalExp(mu=1, sigma=1))': (
        LogNormalExp(Prior("Gamma", mu=1, sigma=1), LogNormalExp(1, 1))
    ),
    'LogNormalExp(mu=array([1., 2.]), sigma=DataArray([0.5, 1. ], {geo: 2}), dims="geo")': (
        LogNormalExp([1.0, 2.0], LABELLED, dims="geo")
    ),
    "LogNormalExp(sigma=1)": LogNormalExp(sigma=1),
}


@pytest.mark.parametrize("text", TEXTS)
def test_a_call_that_makes_it(text):
    assert str(TEXTS[text]) == repr(TEXTS[text]) == text


@pytest.mark.parametrize(
    "text", [text for text in TEXTS if "Array" not in text and "array" not in text]
)
def test_the_call_can_be_run(text):
    names = {"Prior": Prior, "LogNormalExp": LogNormalExp, "NormalIdentity": NormalIdentity}
    assert eval(text, names) == TEXTS[text]


def test_no_addresses():
    class Factory:
        dims = ()

        def create_variable(self, name, xdist=False):
            raise NotImplementedError

    assert str(NormalIdentity(Factory(), 1)) == "NormalIdentity(mu=<Factory>, sigma=1)"
    with pm.Model():
        x = pm.Gamma("x", 1, 1)
        assert str(LogNormalExp(x, 1)) == "LogNormalExp(mu=<variable x>, sigma=1)"
        assert "0x" not in str(LogNormalExp(x + 1, 1))
    assert len(str(LogNormalExp(np.ones(10_000), 1, dims="geo"))) < 200


def test_card():
    card = LogNormalExp(Prior("Gamma", mu=1, sigma=1), 2, dims="geo", centered=False)._repr_html_()
    assert card.startswith("<table>")
    assert "<b>LogNormalExp</b>" in card
    assert "mu (the mean, in natural units)" in card
    assert "Prior(&quot;Gamma&quot;, mu=1, sigma=1)" in card
    assert "<code>non-centered</code>" in card
    assert "<code>0.5</code>" in LogNormalExp(1, 2, centered=0.5)._repr_html_()
    assert "<code>centered</code>" in LogNormalExp(sigma=2)._repr_html_()
    assert "<code>exp</code>" in LogNormalExp(1, 2, transform="exp")._repr_html_()
