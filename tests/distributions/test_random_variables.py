"""The random variables are PyMC's own, but for a density that is never NaN."""

from __future__ import annotations

import copy
import pickle

import cloudpickle
import numpy as np
import pymc as pm
import pymc.dims as pmd
import pytensor.tensor as pt
import pytest
from pytensor.xtensor import as_xtensor
from registry import BACKENDS, COORDS, DIMS, ROWS, families, replacing_linked
from scipy import stats

from unfunnel import LogNormalExp
from unfunnel.distributions.linked import LinkedRandomVariable
from unfunnel.distributions.natural import distributions, made_from
from unfunnel.families.links import IDENTITY, LOG, log_above, log_below
from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.graph_ops import GRAPH

pytestmark = pytest.mark.usefixtures("fast_compile")

XDIST = pytest.mark.parametrize("xdist", BACKENDS.values(), ids=BACKENDS)
LINKS = {"log": LOG, "above": log_above(1.5), "below": log_below(-2.0)}


def exact_law(row):
    """Return the scipy distribution of the prior that is made of numbers."""
    mu, sigma = row.constants
    parameters = {"mu": mu, "sigma": sigma, **row.options}
    return row.exact(*row.family.location_scale(parameters, NUMPY))


@families
def test_they_are_subclasses_of_pymcs(row):
    family, found = row.family, distributions(row.family)
    assert distributions(family) is found
    assert pickle.loads(pickle.dumps(found.tensor.rv_op)) == found.tensor.rv_op
    if not family.in_pymc:
        assert found.tensor.__name__ == family.distribution
        return
    upstream = getattr(pm, family.distribution)
    assert issubclass(found.tensor, upstream)
    assert issubclass(found.dims, getattr(pmd, family.distribution))
    assert isinstance(found.tensor.rv_op, type(upstream.rv_op))
    assert found.tensor.rv_op.name == upstream.rv_op.name


@families
@XDIST
def test_density_is_that_of_scipy(row, xdist):
    values = np.linspace(0.05, 6, 6).reshape(3, 2)
    with pm.Model(coords=COORDS) as model:
        beta = row.make(*row.constants, dims=DIMS).create_variable("beta", xdist=xdist)
        pm.Normal("other")
    assert beta is model["beta"]
    with pm.observe(model, {"beta": values}) as observed:
        logp = observed.compile_logp(observed["beta"], sum=False)({"other": np.array(0.0)})
    np.testing.assert_allclose(np.asarray(logp[0]), exact_law(row).logpdf(values), rtol=1e-12)


@XDIST
def test_no_density_outside_the_support(xdist):
    with pm.Model(coords=COORDS) as model:
        LogNormalExp(1.5, 0.5, dims="geo").create_variable("beta", xdist=xdist)
        pm.Normal("other")
    with pm.observe(model, {"beta": np.array([1.0, 0.0, -1.0])}) as observed:
        logp = observed.compile_logp(observed["beta"], sum=False)({"other": np.array(0.0)})
    assert np.isfinite(logp[0][0])
    assert (np.asarray(logp[0])[1:] == -np.inf).all()


@families
def test_distribution_function_quantiles_and_name_are_pymcs(row):
    # PyMC takes the square root of a float32 two in its normal distribution function.
    value, close, exact = np.array(0.9), 1e-7, exact_law(row)
    with pm.Model() as model:
        x = row.make(*row.constants).create_variable("x")
    assert row.family.distribution in model.str_repr()
    assert pm.logcdf(x, value).eval() == pytest.approx(exact.logcdf(0.9), rel=close)
    assert pm.icdf(x, np.array(0.3)).eval() == pytest.approx(exact.ppf(0.3), rel=close)
    assert pm.logp(x, value).eval() == pytest.approx(exact.logpdf(0.9), rel=1e-12)


@XDIST
@pytest.mark.parametrize("centered", [True, False, 0.5])
def test_models_can_be_copied_and_pickled(xdist, centered):
    """Value transforms know nothing of the family: all families in one of them."""
    with pm.Model(coords=COORDS) as model:
        for key, row in ROWS.items() if centered is False else [("x", ROWS["LogNormalExp"])]:
            row.make(1.5, 0.5, dims="geo", centered=centered).create_variable(key, xdist=xdist)
    point = model.initial_point()
    expected = model.compile_logp()(point)
    for again in (copy.deepcopy(model), cloudpickle.loads(cloudpickle.dumps(model))):
        # The order of the terms is PyMC's.
        assert again.compile_logp()(point) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize(
    "row", [row for row in ROWS.values() if not row.family.in_pymc], ids=lambda row: row.key
)
@XDIST
def test_a_compiled_function_draws_from_the_base_law_behind_the_link(row, xdist):
    """The rewrite of compiled functions; laws draw from the op itself, in Python."""
    with pm.Model(coords={"replicate": range(3000)}):
        beta = row.make(*row.constants, dims="replicate").create_variable("beta", xdist=xdist)
    draw = pm.compile([], beta, mode=replacing_linked(), random_seed=4)
    ops = [node.op for node in draw.maker.fgraph.apply_nodes]
    assert not [op for op in ops if isinstance(op, LinkedRandomVariable)]
    assert stats.kstest(np.asarray(draw()), exact_law(row).cdf).pvalue > 1e-3


@XDIST
def test_standard_normal_in_the_noncentered_coordinate(xdist):
    with pm.Model(coords=COORDS) as model:
        LogNormalExp(3.0, 2.0, dims="geo", centered=False).create_variable("beta", xdist=xdist)
    z = np.array([-2.0, 0.1, 1.5])
    logp = model.compile_logp()({"beta_noncentered__": z})
    assert logp == pytest.approx(stats.norm.logpdf(z).sum(), rel=1e-12)


@families
def test_the_density_of_one_number_has_the_shape_of_the_variable(row):
    with pm.Model(coords=COORDS):
        beta = row.make(1.5, [0.5, 0.6, 0.7], dims="geo").create_variable("beta")
        same = row.make(1.5, 0.5, dims="geo").create_variable("same")
    assert pm.logp(beta, 1.3).eval().shape == (3,)
    assert len(set(pm.logp(beta, 1.3).eval())) == 3
    np.testing.assert_allclose(pm.logp(same, 1.3).eval(), pm.logp(same, np.full(3, 1.3)).eval())


@pytest.mark.parametrize("name", LINKS)
def test_theta_is_found_in_what_a_value_transform_made(name):
    link, theta = LINKS[name], pt.dmatrix("theta")
    assert made_from(link.inverse(theta, GRAPH), link) is theta
    found = made_from(link.inverse(theta, GRAPH).T, link)
    assert found.owner.inputs[0] is theta
    labelled = as_xtensor(link.inverse(theta, GRAPH), dims=("a", "b"))
    found = made_from(labelled.transpose("b", "a").values, link)
    assert found.eval({theta: [[1.0, 2.0]]}).tolist() == [[1.0], [2.0]]
    assert made_from(theta, IDENTITY) is theta


@pytest.mark.parametrize("name", LINKS)
def test_theta_is_not_found_in_anything_else(name):
    x = pt.dvector("x")
    others = [x, x + 1.5, 1.5 + pt.exp(x) * 2, 1.0 + pt.exp(x), pt.exp(-x) - 2.0, pt.log(x)]
    others += [link.inverse(x, GRAPH) for key, link in LINKS.items() if key != name]
    assert [made_from(other, LINKS[name]) for other in others] == [None] * len(others)
