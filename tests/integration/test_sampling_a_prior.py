"""``sample_prior`` as a method and a function, and the small readers of a prior."""

import numpy as np
import pytest
from pymc_extras.prior import Prior, sample_prior

from unfunnel import LogNormalExp
from unfunnel.parameterization.choices import is_textbook

GEO = {"geo": ["a", "b", "c"]}


def test_method_and_function_give_the_same_draws(hierarchical, centering, xdist):
    prior = hierarchical(centering)
    kwargs = {"coords": GEO, "name": "b", "xdist": xdist, "draws": 10, "random_seed": 1}
    by_method = prior.sample_prior(**kwargs)
    by_function = sample_prior(prior, **kwargs)
    own = ["b_log_offset"] if is_textbook(centering) else []
    assert set(by_method.data_vars) == {"b_mu", "b_sigma", "b", *own}
    assert by_method["b"].dims == ("chain", "draw", "geo")
    assert list(by_method["geo"].values) == ["a", "b", "c"]
    np.testing.assert_array_equal(by_method["b"], by_function["b"])
    assert float(by_method["b"].min()) > 0


def test_missing_coords_are_named(hierarchical, centering, xdist):
    with pytest.raises(KeyError, match="geo"):
        hierarchical(centering).sample_prior(xdist=xdist, draws=1)


def test_transform(centering, xdist):
    """The stated moments are those of the variable before the transform."""
    prior = LogNormalExp(2.0, 1.0, dims="geo", centered=centering, transform="log")
    draws = prior.sample_prior(coords=GEO, name="b", xdist=xdist, draws=5, random_seed=1)
    np.testing.assert_allclose(draws["b"], np.log(draws["b_raw"]), rtol=1e-6)
    own = ["b_raw_log_offset"] if is_textbook(centering) else []
    assert set(draws.data_vars) == {"b", "b_raw", *own}


def test_preliz_has_the_stated_moments(centering):
    distribution = LogNormalExp(2.0, 1.0, centered=centering).preliz
    np.testing.assert_allclose([distribution.mean(), distribution.std()], [2.0, 1.0], rtol=1e-6)


@pytest.mark.parametrize("method", ["equal-tails", "maxent"])
@pytest.mark.parametrize("centering", [True, "auto"])
def test_constrain_keeps_class_and_options(centering, method):
    prior = LogNormalExp(1.0, 1.0, dims="geo", centered=centering)
    constrained = prior.constrain(0.5, 3.0, mass=0.9, method=method)
    assert type(constrained) is LogNormalExp
    assert constrained.dims == ("geo",)
    assert repr(constrained.centering) == repr(prior.centering)
    law = constrained.preliz
    np.testing.assert_allclose(law.cdf(3.0) - law.cdf(0.5), 0.9, atol=2e-3)


def test_parameters_by_key(hierarchical):
    prior = hierarchical()
    assert prior["mu"] == Prior("Gamma", mu=2.0, sigma=0.5)
    with pytest.raises(KeyError):
        prior["mean"]
