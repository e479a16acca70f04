"""What a variable is: its names, dims and children, and where the numbers of parameters go."""

import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor
import pytensor.tensor as pt
import pytest
from pymc_extras.prior import Prior, UnsupportedShapeError, VariableFactory, sample_prior
from pytensor.graph.traversal import ancestors
from xarray import DataArray

from integration import COORDS, GEO, assert_finite_logp, built, free_names, own_free_name
from unfunnel import LogNormalExp, NormalIdentity
from unfunnel.errors import DimsError, SupportWarning
from unfunnel.parameterization.choices import is_textbook

MEANS = np.array([1.0, 10.0, 100.0])
BY_LABEL = DataArray(MEANS[::-1], dims="geo", coords={"geo": ["c", "b", "a"]})
TINY = 1e-6
ORDERS = pytest.mark.parametrize("dims", [("geo", "channel"), ("channel", "geo")])


def draw_array(variable):
    return np.asarray(pm.draw(variable, random_seed=1))


def means_of(prior, xdist, coords=COORDS):
    """One draw of a prior whose sigma is tiny: its means, where they ended up."""
    return draw_array(built(prior, xdist, coords=coords)["b"])


# -- names


@pytest.mark.parametrize(
    ("centered", "name"),
    [(True, "b_log__"), (False, "b_noncentered__"), (0.4, "b_partial__")],
)
def test_the_centering_is_the_value_transform(hierarchical, centered, name, xdist):
    model = built(hierarchical(centered), xdist)
    assert free_names(model) == ["b_mu", "b_sigma", "b"]
    assert model.rvs_to_values[model["b"]].name == name


def test_isinstance_of_the_upstream_prior(hierarchical, centering):
    prior = hierarchical(centering)
    assert isinstance(prior, Prior)
    assert isinstance(prior, VariableFactory)
    assert prior.distribution == "LogNormalExp"
    assert not hasattr(pm, prior.distribution)
    assert prior["mu"] is prior.parameters["mu"]
    with pytest.raises(KeyError):
        prior["mean"]


# -- children


@pytest.mark.parametrize(
    ("centering", "parent_centered"),
    [(True, True), (False, False), ("auto", True), ("auto", False), ("offset", False)],
)
def test_child_of_a_normal_prior(hierarchical, centering, parent_centered, xdist):
    parent = Prior(
        "Normal", mu=0, sigma=hierarchical(centering), dims="geo", centered=parent_centered
    )
    model = built(parent, xdist, coords=GEO)
    own = own_free_name("b_sigma", centering)
    expected = {"b_sigma_mu", "b_sigma_sigma", own, "b" if parent_centered else "b_offset"}
    assert set(free_names(model)) == expected
    assert model["b_sigma"] in set(ancestors([model["b"]]))
    assert_finite_logp(model)


@pytest.mark.parametrize("outer_centered", [True, False, "auto", "offset"])
@pytest.mark.parametrize("inner_centered", [True, "offset"])
def test_a_prior_in_a_prior_in_a_prior(outer_centered, inner_centered, xdist):
    inner = LogNormalExp(Prior("Gamma", mu=1, sigma=0.5), 0.5, dims="geo", centered=inner_centered)
    outer = LogNormalExp(
        inner, Prior("Exponential", scale=1.0), dims="geo", centered=outer_centered
    )
    model = built(outer, xdist, coords=GEO)
    own = own_free_name("b_mu", inner_centered), own_free_name("b", outer_centered)
    assert free_names(model) == ["b_mu_mu", own[0], "b_sigma", own[1]]
    assert {model[name] for name in ("b_mu_mu", "b_mu", "b_sigma")} <= set(ancestors([model["b"]]))
    assert_finite_logp(model)


def test_a_positive_scale_for_a_real_valued_effect(centering, xdist):
    scale = LogNormalExp(1.0, 0.5, centered=False)
    prior = NormalIdentity(Prior("Normal"), scale, dims="geo", centered=centering)
    model = built(prior, xdist, coords=GEO)
    own = "b_offset" if is_textbook(centering) else "b"
    assert free_names(model) == ["b_mu", "b_sigma", own]
    assert_finite_logp(model)


def test_random_variables_of_the_model_are_ancestors(centering, xdist):
    with pm.Model(coords=COORDS) as model:
        mean = (pmd if xdist else pm).Gamma("m", alpha=4.0, beta=2.0, dims="geo")
        sd = (pmd if xdist else pm).HalfNormal("s", 1.0)
        prior = LogNormalExp(mean, sd, dims=("geo", "channel"), centered=centering)
        prior.create_variable("b", xdist=xdist)
    assert {mean, sd} <= set(ancestors([model["b"]]))
    assert "b_mu" not in model.named_vars
    assert_finite_logp(model)


class DoubledGamma:
    """A variable factory that is no Prior."""

    dims = ("geo",)

    def create_variable(self, name, xdist=False):
        gamma = Prior("Gamma", mu=1.0, sigma=TINY, dims="geo")
        return 2.0 * gamma.create_variable(name, xdist=xdist)


def test_any_variable_factory_is_a_hyperprior(centering, xdist):
    with pytest.warns(SupportWarning, match="could not establish"):
        prior = LogNormalExp(DoubledGamma(), TINY, dims="geo", centered=centering)
    np.testing.assert_allclose(means_of(prior, xdist), [2.0] * 3, rtol=1e-3)


# -- numbers


@pytest.mark.parametrize(
    "value",
    [2, 2.0, np.float64(2), np.float32(2), np.int64(2), np.array(2.0), DataArray(2.0)],
    ids=lambda value: type(value).__name__,
)
def test_scalars_of_every_type(value, xdist):
    means = means_of(LogNormalExp(value, TINY, dims="geo"), xdist)
    np.testing.assert_allclose(means, [2.0] * 3, rtol=1e-4)


@pytest.mark.parametrize(
    "value",
    [MEANS, list(MEANS), MEANS.astype(int), pt.constant(MEANS), pytensor.shared(MEANS),
     DataArray([7.0, *MEANS], dims="geo", coords={"geo": ["z", "a", "b", "c"]})],
    ids=["array", "list", "integers", "constant", "shared", "more labels than the model has"],
)  # fmt: skip
@pytest.mark.parametrize("centered", [True, False, "offset"])
def test_vectors(value, centered, xdist):
    prior = LogNormalExp(value, TINY, dims="geo", centered=centered)
    np.testing.assert_allclose(means_of(prior, xdist), MEANS, rtol=1e-4)


def test_a_two_dimensional_array_keeps_its_orientation(centering, xdist):
    """On square dims, so that a transposition would not be noticed by shape."""
    values = np.arange(1.0, 10.0).reshape(3, 3)
    prior = LogNormalExp(values, TINY, dims=("geo", "channel"), centered=centering)
    square = {**GEO, "channel": ["x", "y", "z"]}
    np.testing.assert_allclose(means_of(prior, xdist, square), values, rtol=1e-4)


@ORDERS
def test_labelled_arrays_align_by_dim_and_by_label(dims, centering, xdist):
    """The array's geos are in another order than the model's, and geo need not be the last dim."""
    draw = means_of(LogNormalExp(BY_LABEL, TINY, dims=dims, centered=centering), xdist)
    by_geo = draw if dims[0] == "geo" else draw.T
    np.testing.assert_allclose(by_geo, np.repeat(MEANS[:, None], 2, axis=1), rtol=1e-4)


@pytest.mark.parametrize("kind", ["tensor", "labelled", "tensor in a labelled model"])
def test_model_data_are_followed(kind):
    """New values, new draws; a tensor that the model knows under dims is aligned by those."""
    with pm.Model(coords=COORDS):
        data = (pmd.Data if kind == "labelled" else pm.Data)("m", MEANS, dims="geo")
        prior = LogNormalExp(data, TINY, dims=("geo", "channel"))
        variable = prior.create_variable("b", xdist=kind != "tensor")
        first = draw_array(variable)
        pm.set_data({"m": MEANS[::-1]})
        second = draw_array(variable)
    np.testing.assert_allclose(first, np.repeat(MEANS[:, None], 2, axis=1), rtol=1e-4)
    np.testing.assert_allclose(second, np.repeat(MEANS[::-1, None], 2, axis=1), rtol=1e-4)


# -- dims


@pytest.mark.parametrize("child_dims", [("channel", "geo"), ("geo",), ("channel",), None])
@ORDERS
def test_children_align_by_name_and_the_declared_order_holds(child_dims, dims, xdist):
    """A child of tiny spread shows through its axis: the variable is where its mean is."""
    by_geo = child_dims is not None and "geo" in child_dims
    child = LogNormalExp(BY_LABEL if by_geo else 5.0, TINY, dims=child_dims)
    model = built(LogNormalExp(child, TINY, dims=dims), xdist)
    variable = model["b"]
    assert (variable.type.dims if xdist else model.named_vars_to_dims["b"]) == dims
    # Not a transposition of a random variable: consumers read the op.
    assert variable.owner.op.name == "lognormal"
    draw = draw_array(variable)
    expected = np.repeat((MEANS if by_geo else np.full(3, 5.0))[:, None], 2, axis=1)
    np.testing.assert_allclose(draw if dims[0] == "geo" else draw.T, expected, rtol=1e-4)


@pytest.mark.parametrize("given", ["geo", ["geo"], ("geo",)])
def test_str_list_and_tuple_are_one_tuple(given):
    assert LogNormalExp(1, 1, dims=given).dims == ("geo",)
    prior = LogNormalExp(1, 1)
    prior.dims = given
    assert prior.dims == ("geo",)
    # Given as a string, they are no letters to a parent.
    child = LogNormalExp(Prior("Gamma", mu=1, sigma=1, dims=given), 1, dims=given)
    assert Prior("Normal", sigma=child, dims="geo").dims == ("geo",)


def test_dims_that_cannot_be_are_refused(xdist):
    child = Prior("Gamma", mu=1, sigma=1, dims="geo")
    with pytest.raises(UnsupportedShapeError, match=r"mu: .*among.*'channel', but got dim 'geo'"):
        LogNormalExp(child, 1, dims="channel")
    prior = LogNormalExp(child, 1, dims="geo")
    with pytest.raises(DimsError, match="among those of the prior"):
        prior.dims = "channel"
    assert prior.dims == ("geo",)
    with pm.Model(), pytest.raises(DimsError, match=r"no coords for 'geo'.*Create the"):
        LogNormalExp(1, 1, dims="geo").create_variable("b", xdist=xdist)


@pytest.mark.parametrize("centered", [True, False, 0.4, "offset"])
def test_a_resized_dim_resizes_the_variable(hierarchical, centered, xdist):
    """Nothing is baked in at build time: x has two geos, then three."""
    with pm.Model(coords={"geo": ["a", "b"]}) as model:
        x = (pmd if xdist else pm).Data("x", [1.0, 2.0], dims="geo")
        b = hierarchical(centered).create_variable("b", xdist=xdist)
        det = (pmd if xdist else pm).Deterministic("xb", x * b)
        assert draw_array(det).shape == (2,)
        pm.set_data({"x": [1.0, 2.0, 3.0]}, coords={"geo": ["a", "b", "c"]})
        assert draw_array(b).shape == draw_array(det).shape == (3,)
        assert model.initial_point()[model.rvs_to_values[model.free_RVs[-1]].name].shape == (3,)


# -- draws of a prior alone


def test_sample_prior_as_a_method_and_as_a_function(hierarchical, centering, xdist):
    prior = hierarchical(centering)
    kwargs = {"coords": GEO, "name": "b", "xdist": xdist, "draws": 10, "random_seed": 1}
    by_method = prior.sample_prior(**kwargs)
    assert set(by_method.data_vars) == {"b_mu", "b_sigma", "b", own_free_name("b", centering)}
    assert by_method["b"].dims == ("chain", "draw", "geo")
    assert list(by_method["geo"].values) == ["a", "b", "c"]
    np.testing.assert_array_equal(by_method["b"], sample_prior(prior, **kwargs)["b"])
    assert float(by_method["b"].min()) > 0
    with pytest.raises(KeyError, match="geo"):
        prior.sample_prior(xdist=xdist, draws=1)


def test_transform(centering, xdist):
    """The stated moments are those of the variable before the transform."""
    prior = LogNormalExp(2.0, 1.0, dims="geo", centered=centering, transform="log")
    draws = prior.sample_prior(coords=GEO, name="b", xdist=xdist, draws=5, random_seed=1)
    np.testing.assert_allclose(draws["b"], np.log(draws["b_raw"]), rtol=1e-6)
    assert set(draws.data_vars) == {"b", "b_raw", own_free_name("b_raw", centering)}


@pytest.mark.parametrize("method", ["equal-tails", "maxent"])
@pytest.mark.parametrize("centered", [True, "auto"])
def test_constrain_keeps_class_and_options(centered, method):
    prior = LogNormalExp(1.0, 1.0, dims="geo", centered=centered)
    constrained = prior.constrain(0.5, 3.0, mass=0.9, method=method)
    assert type(constrained) is LogNormalExp
    assert constrained.dims == ("geo",)
    assert constrained.centering == prior.centering
    law = constrained.preliz
    np.testing.assert_allclose(law.cdf(3.0) - law.cdf(0.5), 0.9, atol=2e-3)
    np.testing.assert_allclose([prior.preliz.mean(), prior.preliz.std()], [1.0, 1.0], rtol=1e-6)
