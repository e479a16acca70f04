"""Parameters that are variables of a model: how they are written down."""

from __future__ import annotations

import json

import numpy as np
import pymc as pm
import pytest

from unfunnel import NormalIdentity
from unfunnel.errors import UnsupportedError

pytestmark = pytest.mark.usefixtures("fast_compile")

COORDS = {"geo": ["a", "b"], "channel": ["x", "y"]}
GRID = np.arange(4.0).reshape(2, 2)


def data_prior():
    # The dims of the prior are in another order than those of the data.
    mu = pm.Data("m", GRID, dims=("geo", "channel"))
    return NormalIdentity(mu, 1e-9, dims=("channel", "geo"))


@pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])
def test_data_of_the_model_keep_dims_and_labels(xdist):
    with pm.Model(coords=COORDS):
        prior = data_prior()
        written = prior.to_dict()
        drawn = pm.draw(prior.create_variable("beta", xdist=xdist), random_seed=1)
    assert written["kwargs"]["mu"] == {
        "class": "DataArray",
        "data": GRID.tolist(),
        "dims": ["geo", "channel"],
        "coords": COORDS,
    }
    with pm.Model(coords=COORDS):
        again = NormalIdentity.from_dict(json.loads(json.dumps(written)))
        redrawn = pm.draw(again.create_variable("beta", xdist=xdist), random_seed=1)
    np.testing.assert_array_equal(redrawn, drawn)
    np.testing.assert_allclose(drawn, GRID.T, atol=1e-6)


def test_data_of_an_outer_model_keep_dims_and_labels():
    with pm.Model(coords=COORDS):
        prior = data_prior()
        with pm.Model(name="s"):
            assert prior.to_dict()["kwargs"]["mu"]["dims"] == ["geo", "channel"]


def test_data_outside_of_their_model_are_refused():
    with pm.Model(coords=COORDS):
        prior = data_prior()
    with pytest.raises(UnsupportedError, match=r"the data 'm' .*outside of their model") as caught:
        prior.to_dict()
    assert "Call to_dict inside `with model:`" in str(caught.value)
