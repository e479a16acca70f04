"""What ``create_variable`` registers and returns."""

import numpy as np
import pymc as pm
import pytest
import scipy.stats
from pymc.dims import as_xtensor
from pytensor.tensor.type import TensorType
from pytensor.xtensor.type import XTensorType

from unfunnel import LogNormalExp
from unfunnel.parameterization.transforms import unlabelled
from unfunnel.structures.transform import StructureTransform

GEO = {"geo": ["a", "b", "c"]}


def test_one_free_lognormal_variable_under_the_users_name(hierarchical, value_centering, xdist):
    with pm.Model(coords=GEO) as model:
        variable = hierarchical(value_centering).create_variable("b", xdist=xdist)
    assert variable is model["b"]
    assert [rv.name for rv in model.free_RVs] == ["b_mu", "b_sigma", "b"]
    assert model.deterministics == []
    assert variable.owner.op.name == "lognormal"
    assert isinstance(variable.type, XTensorType if xdist else TensorType)
    assert model.named_vars_to_dims["b"] == ("geo",)


def test_the_offset_form_is_an_offset_and_a_deterministic(hierarchical, xdist):
    with pm.Model(coords=GEO) as model:
        variable = hierarchical("offset").create_variable("b", xdist=xdist)
    assert variable is model["b"]
    assert [rv.name for rv in model.free_RVs] == ["b_mu", "b_sigma", "b_log_offset"]
    assert [d.name for d in model.deterministics] == ["b"]
    assert model["b_log_offset"].owner.op.name == "normal"
    assert model.named_vars_to_dims["b"] == model.named_vars_to_dims["b_log_offset"] == ("geo",)


def test_children_are_named_after_the_parameters(hierarchical, centering, xdist):
    with pm.Model(coords=GEO) as model:
        hierarchical(centering).create_variable("beta", xdist=xdist)
    assert {"beta_mu", "beta_sigma", "beta"} <= set(model.named_vars)
    assert model["beta_mu"].owner.op.name == "gamma"


@pytest.mark.parametrize(
    ("centered", "expected"), [(True, None), (False, "noncentered"), (0.4, "partial")]
)
def test_the_centering_is_the_value_transform(hierarchical, centered, expected, xdist):
    with pm.Model(coords=GEO) as model:
        variable = hierarchical(centered).create_variable("b", xdist=xdist)
    transform = model.rvs_to_transforms[variable]
    if expected is None:
        assert not isinstance(unlabelled(transform), StructureTransform)
        assert model.rvs_to_values[variable].name == "b_log__"
    else:
        assert model.rvs_to_values[variable].name == f"b_{expected}__"


def test_the_density_is_that_of_the_lognormal_with_these_moments(value_centering, xdist):
    """On the natural scale, without any value transform, the centering is gone."""
    mu, sigma = 2.0, 0.7
    with pm.Model(coords=GEO):
        variable = LogNormalExp(mu, sigma, dims="geo", centered=value_centering).create_variable(
            "b", xdist=xdist
        )
    value = np.array([0.3, 2.0, 5.0])
    given = as_xtensor(value, dims=("geo",)) if xdist else value
    cv2 = np.log1p((sigma / mu) ** 2)
    expected = scipy.stats.lognorm(s=np.sqrt(cv2), scale=mu * np.exp(-cv2 / 2)).logpdf(value)
    np.testing.assert_allclose(
        pm.logp(variable, given).values.eval() if xdist else pm.logp(variable, given).eval(),
        expected,
        rtol=1e-6,
    )


def test_isinstance_of_the_upstream_prior(hierarchical, centering):
    from pymc_extras.prior import Prior, VariableFactory

    prior = hierarchical(centering)
    assert isinstance(prior, Prior)
    assert isinstance(prior, VariableFactory)
    assert prior.distribution == "LogNormalExp"
    assert not hasattr(pm, prior.distribution)
    assert prior["mu"] is prior.parameters["mu"]
