"""Configuration files of pymc-marketing's YAML builder, written by hand."""

import pytest
import yaml
from pymc_extras.prior import Prior
from pymc_marketing.mmm.builders.factories import naming, resolve
from pymc_marketing.mmm.builders.yaml import build_mmm_from_yaml
from pymc_marketing.model_config import ModelConfigError

from unfunnel import ByCoord, LogNormalExp

NESTED = """
dist: LogNormalExp
kwargs: {mu: {dist: Gamma, kwargs: {mu: 2.0, sigma: 0.5}}, sigma: 1.0}
dims: %s
centered: false
"""

FLAT = """
distribution: LogNormalExp
mu: {distribution: Gamma, mu: 2.0, sigma: 0.5}
sigma: 1.0
dims: %s
centered: false
"""

BY_CLASS = """
class: unfunnel.LogNormalExp
kwargs: {mu: {distribution: Gamma, mu: 2.0, sigma: 0.5}, sigma: 1.0, dims: %s, centered: false}
"""

EXPECTED = LogNormalExp(Prior("Gamma", mu=2.0, sigma=0.5), 1.0, dims="geo", centered=False)


@pytest.mark.parametrize("dims", ["geo", "[geo]"])
@pytest.mark.parametrize("text", [NESTED, FLAT, BY_CLASS], ids=["dist", "distribution", "class"])
def test_every_form(text, dims):
    prior = resolve(yaml.safe_load(text % dims))
    assert type(prior) is LogNormalExp
    assert prior == EXPECTED
    assert resolve(prior.to_dict()) == prior


BY_LABEL = """
distribution: ByCoord
dim: channel
members:
  tv: {distribution: LogNormalExp, mu: {distribution: Gamma, mu: 2.0, sigma: 0.5}, sigma: 1.0,
       dims: geo, centered: false}
  radio: {dist: HalfNormal, kwargs: {sigma: 2.0}}
default: {distribution: Exponential, lam: 1.0}
dims: [geo, channel]
"""


def test_a_prior_for_each_label():
    members = {"tv": EXPECTED, "radio": Prior("HalfNormal", sigma=2.0)}
    factory = resolve(yaml.safe_load(BY_LABEL))
    default = Prior("Exponential", lam=1.0)
    assert factory == ByCoord("channel", members, default, dims=("geo", "channel"))
    assert resolve(factory.to_dict()) == factory


def test_weights_and_labels():
    text = """
    distribution: LogNormalExp
    mu: {class: DataArray, data: [1.0, 2.0], dims: [geo], coords: {geo: [b, a]}}
    sigma: 1.0
    dims: geo
    centered: [0.2, 0.8]
    """
    prior = resolve(yaml.safe_load(text))
    assert list(prior["mu"].indexes["geo"]) == ["b", "a"]
    assert list(prior.centering) == [0.2, 0.8]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{distribution: LogNormalExp, mu: 1e-3, sigma: 1.0}", "1.0e-3"),
        ("{distribution: LogNormalExp, mu: -1.0, sigma: 1.0}", "positive"),
        ("{distribution: LogNormalExp, mu: 1.0, sigm: 1.0}", "Did you mean 'sigma'"),
        ("{distribution: LogNormalExp, mu: 1.0, sigma: 1.0, centered: 'no'}", "true and false"),
    ],
    ids=["string", "negative", "unknown", "word"],
)
def test_a_mistake_is_explained(text, message):
    with pytest.raises(ModelConfigError, match=message), naming("beta"):
        resolve(yaml.safe_load(text))


MODEL = """
model:
  class: pymc_marketing.mmm.MMM
  kwargs:
    date_column: date
    target_column: y
    channel_columns: [tv, radio]
    dims: [geo]
    adstock:
      class: pymc_marketing.mmm.GeometricAdstock
      kwargs: {l_max: 3}
    saturation:
      class: pymc_marketing.mmm.LogisticSaturation
      kwargs:
        priors:
          beta: {distribution: LogNormalExp, mu: 2.0, sigma: 1.0, dims: [geo, channel],
                 centered: false}
          lam:
            class: unfunnel.LogNormalExp
            kwargs: {mu: 1.0, sigma: 0.5, dims: channel, centered: 0.4}
    model_config:
      intercept: {dist: LogNormalExp, kwargs: {mu: 2.0, sigma: 0.5}, dims: geo, centered: offset}
"""


def test_a_whole_model(tmp_path, media_data):
    path = tmp_path / "model.yaml"
    path.write_text(MODEL)
    frame, y = media_data
    mmm = build_mmm_from_yaml(path, X=frame, y=y)
    priors = mmm.saturation.function_priors
    assert priors["beta"] == LogNormalExp(2.0, 1.0, dims=("geo", "channel"), centered=False)
    assert priors["lam"].centering == 0.4
    free = {rv.name: rv.owner.op.name for rv in mmm.model.free_RVs}
    assert free["saturation_beta"] == free["saturation_lam"] == "lognormal"
    assert free["intercept_contribution_log_offset"] == "normal"
