"""What upstream and its consumers expect of a prior, beyond its methods."""

from __future__ import annotations

import inspect

import pymc as pm
import pytest
from pymc_extras.prior import UnsupportedShapeError

from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import ParameterError
from unfunnel.prior.resolve import attribute_errors_surface

pytestmark = pytest.mark.usefixtures("fast_compile")


def test_dims_written_later_are_checked_when_they_are_used():
    prior = LogNormalExp(1.0, 1.0, dims="geo")
    prior.parameters["mu"] = LogNormalExp(1.0, 1.0, dims="channel")
    with (
        pm.Model(coords={"geo": ["a"], "channel": ["x"]}) as model,
        pytest.raises(UnsupportedShapeError, match="LogNormalExp: mu: expected dims"),
    ):
        prior.create_variable("beta")
    assert not model.named_vars


def test_attribute_errors_do_not_pass_for_no_prior():
    with (
        pytest.raises(RuntimeError, match="Creating 'beta' failed: gone") as caught,
        attribute_errors_surface("beta"),
    ):
        raise AttributeError("gone")
    assert isinstance(caught.value.__cause__, AttributeError)


@pytest.mark.parametrize("transform", [3, abs, "TensorVariable"])
def test_transforms_that_are_no_functions(transform):
    with pytest.raises(ParameterError, match="transform: expected the name of a function"):
        LogNormalExp(1, 1, transform=transform)


@pytest.mark.parametrize(
    ("prior", "own"),
    [
        (LogNormalExp, ["cv", "lower", "upper"]),
        (NormalIdentity, []),
    ],
)
def test_signatures(prior, own):
    options = ["dims", "centered", "transform", "zero_sum", "zero_sum_scale"]
    names = ["mu", "sigma", *own, *options]
    assert list(inspect.signature(prior).parameters) == names
    dist = prior(1.0, 1.0).pymc_distribution.dist
    ratios = [name for name in own if name == "cv"]
    assert list(inspect.signature(dist).parameters) == ["mu", "sigma", *ratios, "kwargs"]
    assert pm.draw(dist(3.0, 1e-9, shape=2), random_seed=1) == pytest.approx([3.0, 3.0])
