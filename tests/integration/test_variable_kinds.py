"""What ``create_variable`` registers and returns."""

import pymc as pm
import pytest
from pytensor.tensor.type import TensorType
from pytensor.xtensor.type import XTensorType

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


def test_isinstance_of_the_upstream_prior(hierarchical, centering):
    from pymc_extras.prior import Prior, VariableFactory

    prior = hierarchical(centering)
    assert isinstance(prior, Prior)
    assert isinstance(prior, VariableFactory)
    assert prior.distribution == "LogNormalExp"
    assert not hasattr(pm, prior.distribution)
    assert prior["mu"] is prior.parameters["mu"]
