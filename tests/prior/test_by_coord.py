"""Another prior for each label of a dim: by label, in both backends, refused where unclear."""

from __future__ import annotations

import copy
import json
import pickle
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pymc as pm
import pytensor.tensor as pt
import pytest
from pymc.model.fgraph import clone_model
from pymc_extras.deserialize import deserialize
from pymc_extras.prior import Censored, Prior, Scaled, VariableFactory, sample_prior
from pytensor.xtensor.type import XTensorType
from registry import density_and_gradient

from unfunnel import ByCoord, LogNormalExp, NormalIdentity
from unfunnel.distributions.supports import Support, support_of
from unfunnel.errors import (
    DimsError,
    LabelError,
    ParameterError,
    ParameterTypeError,
    SupportWarning,
)
from unfunnel.parameterization.transforms import unlabelled
from unfunnel.tuning.blocks import auto_blocks

pytestmark = pytest.mark.usefixtures("fast_compile")
BACKENDS = pytest.mark.parametrize("xdist", [False, True], ids=["classic", "xdist"])

COORDS = {"channel": ["radio", "search", "tv"], "geo": ["a", "b"]}


# Rates are powers of 2: pymc.dims inverts others as float32.
def tv(centered=False, **options):
    return LogNormalExp(
        Prior("Gamma", alpha=9.0, beta=4.0),
        Prior("Exponential", lam=2.0),
        centered=centered,
        **options,
    )


def members():
    return {"tv": tv(), "search": Prior("HalfNormal", sigma=1.0)}


def example(**options):
    return ByCoord("channel", members(), default=Prior("Exponential", lam=4.0), **options)


def built(factory, xdist, coords=COORDS, name="beta"):
    with pm.Model(coords=coords) as model:
        variable = factory.create_variable(name, xdist=xdist)
    assert variable is model[name]
    return model


def densities(model, count=5):
    """Return the log density and its gradient at random points, by the name of the value."""
    evaluate, start = density_and_gradient(model), model.initial_point()
    names = [v.name for v in model.value_vars]
    rng = np.random.default_rng(1)
    for _ in range(count):
        point = {name: rng.normal(scale=0.7, size=np.shape(start[name])) for name in sorted(names)}
        logp, gradient = evaluate(*(point[name] for name in names))
        ends = np.cumsum([point[name].size for name in names])[:-1]
        parts = dict(zip(names, np.split(gradient, ends), strict=True))
        yield [logp, *np.concatenate([parts[name] for name in sorted(parts)])]


def assert_same_density(a, b):
    assert sorted(v.name for v in a.value_vars) == sorted(v.name for v in b.value_vars)
    for found, expected in zip(densities(a), densities(b), strict=True):
        # Constants of pymc.dims are float32, such as the logarithm of a rate.
        assert found[0] == pytest.approx(expected[0], rel=1e-7)
        np.testing.assert_allclose(found[1:], expected[1:], rtol=1e-10, atol=1e-10)


OBSERVED = np.array([0.4, 1.1, 2.0])


def by_hand(dims=None):
    """Return the model of the example, written without ByCoord."""
    with pm.Model(coords=COORDS) as model:
        parts = [
            pm.Exponential("beta:radio", lam=4.0, dims=dims),
            pm.HalfNormal("beta:search", sigma=1.0, dims=dims),
            tv(dims=dims).create_variable("beta:tv"),
        ]
        beta = pm.Deterministic("beta", pt.stack(parts, axis=-1))
        pm.Normal("y", beta, 0.3, observed=np.broadcast_to(OBSERVED, beta.shape.eval()))
    return model


@BACKENDS
@pytest.mark.parametrize("rest", [(), ("geo",)], ids=["channel", "geo-channel"])
def test_it_is_the_model_written_by_hand(xdist, rest):
    with pm.Model(coords=COORDS) as model:
        beta = example(dims=(*rest, "channel")).create_variable("beta", xdist=xdist)
        shape = tuple(len(COORDS[dim]) for dim in (*rest, "channel"))
        tensor = beta.values if xdist else beta
        pm.Normal("y", tensor, 0.3, observed=np.broadcast_to(OBSERVED, shape))
    assert_same_density(model, by_hand(rest or None))
    assert model.named_vars_to_dims["beta"] == (*rest, "channel")
    assert isinstance(beta.type, XTensorType) == xdist


@BACKENDS
def test_the_order_of_the_members_does_not_show(xdist):
    default = Prior("Exponential", lam=4.0)
    models = [
        built(ByCoord("channel", order, default), xdist)
        for order in (members(), dict(reversed(members().items())), list(members().items()))
    ]
    assert len({tuple(v.name for v in model.free_RVs) for model in models}) == 1
    draws = [pm.draw(model["beta"], random_seed=5) for model in models]
    assert (draws[0] == draws[1]).all() and (draws[0] == draws[2]).all()


@BACKENDS
@pytest.mark.parametrize(
    "labels",
    [
        [2023, 2024],
        np.array([2023, 2024]),
        pd.date_range("2024-01-01", periods=2, freq="7D"),
        [("a", 1), ("b", 2)],
        np.array(["a", "b"]),
    ],
    ids=["ints", "int array", "dates", "tuples", "string array"],
)
def test_labels_of_any_kind(xdist, labels):
    given = [(label, NormalIdentity(float(i), 1e-6)) for i, label in enumerate(labels)]
    with pm.Model(coords={"g": list(reversed(list(labels)))}):
        beta = ByCoord("g", given).create_variable("beta", xdist=xdist)
    assert pm.draw(beta, random_seed=1) == pytest.approx([1, 0], abs=1e-4)


def test_dims_without_labels_count_from_zero():
    with pm.Model() as model:
        model.add_coord("g", length=2)
        factory = ByCoord("g", {1: NormalIdentity(1, 1e-6), 0: NormalIdentity(0, 1e-6)})
        beta = factory.create_variable("beta")
    assert pm.draw(beta) == pytest.approx([0, 1], abs=1e-4)


@BACKENDS
def test_member_dims_are_those_of_the_whole_or_fewer(xdist):
    given = {"tv": tv(), "search": Prior("HalfNormal", dims=()), "radio": Prior("HalfNormal")}
    factory = ByCoord("channel", given, dims=("week", "channel", "geo"))
    factory.members["radio"].dims = "geo"
    model = built(factory, xdist, COORDS | {"week": [1, 2, 3, 4]})
    assert model.named_vars_to_dims["beta:tv"] == ("week", "geo")
    assert not model.named_vars_to_dims.get("beta:search")
    assert model.named_vars_to_dims["beta:radio"] == ("geo",)
    draw = pm.draw(model["beta"], random_seed=3)
    assert draw.shape == (4, 3, 2)
    radio, search, television = np.moveaxis(draw, 1, 0)
    assert (np.ptp(radio, axis=0) == 0).all() and np.ptp(radio) > 0
    assert np.ptp(search) == 0
    assert len(np.unique(television)) == 8


@BACKENDS
def test_member_dims_in_another_order(xdist):
    member = Prior("HalfNormal", dims=("geo", "week"))
    factory = ByCoord("channel", {"tv": member}, dims=("week", "channel", "geo"))
    model = built(factory, xdist, {"channel": ["tv"], "geo": [1, 2], "week": [1, 2, 3]})
    whole, part = pm.draw([model["beta"], model["beta:tv"]], random_seed=3)
    np.testing.assert_array_equal(whole[:, 0], part.T)


def test_creating_a_variable_changes_no_prior():
    inner = Censored(Prior("HalfNormal"), lower=0.1)
    factory = ByCoord("channel", {"tv": tv(), "search": inner}, tv(), dims=("geo", "channel"))
    before = repr(factory)
    for xdist in (False, True):
        built(factory, xdist)
    assert repr(factory) == before
    assert inner.dims is None and factory.members["tv"].dims is None


@BACKENDS
def test_another_dim_may_be_resized(xdist):
    with pm.Model(coords=COORDS) as model:
        factory = ByCoord("channel", members(), Prior("Gamma", alpha=2, beta=1, dims=()))
        factory.dims = ("geo", "channel")
        beta = factory.create_variable("beta", xdist=xdist)
        model.set_dim("geo", 4, coord_values=list("abcd"))
    assert pm.draw(beta, random_seed=1).shape == (4, 3)


@BACKENDS
def test_its_own_dim_may_not_change(xdist):
    model = built(example(), xdist)
    for each in (model, clone_model(model)):
        for labels in (["tv", "search", "radio"], ["tv", "search"]):
            with pytest.raises(LabelError, match="beta: members: expected dim 'channel' to keep"):
                each.set_dim("channel", len(labels), coord_values=labels)
    with pm.Model() as model:
        model.add_coord("g", length=1)
        beta = ByCoord("g", {0: Prior("HalfNormal")}).create_variable("beta", xdist=xdist)
        model.set_dim("g", 2)
    with pytest.raises(
        AssertionError, match=r"beta: expected the dims .*'g'.* to keep the lengths"
    ):
        pm.draw(beta)


@BACKENDS
def test_sample_prior(xdist):
    factory = example(dims="channel")
    found = factory.sample_prior(COORDS, name="b", xdist=xdist, draws=3, random_seed=1)
    again = sample_prior(factory, COORDS, name="b", xdist=xdist, draws=3, random_seed=1)
    assert found["b"].sizes == {"chain": 1, "draw": 3, "channel": 3}
    np.testing.assert_array_equal(found["b"], again["b"])
    with pytest.raises(KeyError, match="channel"):
        factory.sample_prior({"geo": [1]})


@BACKENDS
def test_as_a_hyperprior(xdist):
    spread = ByCoord("channel", {"tv": Prior("Exponential", lam=1.0)}, Prior("HalfNormal"))
    prior = LogNormalExp(example(), spread, dims=("geo", "channel"), centered=False)
    model = built(prior, xdist)
    with pm.Model(coords=COORDS) as hand:
        mu = example().create_variable("beta_mu")
        sigma = spread.create_variable("beta_sigma")
        LogNormalExp(mu, sigma, dims=("geo", "channel"), centered=False).create_variable("beta")
    assert_same_density(model, hand)
    assert [v.name for v in model.deterministics] == ["beta_mu", "beta_sigma"]
    assert deserialize(json.loads(json.dumps(prior.to_dict()))) == prior
    assert copy.deepcopy(prior) == prior


@BACKENDS
def test_nested(xdist):
    inner = ByCoord("geo", {"a": Prior("HalfNormal")}, default=NormalIdentity(5.0, 1e-6))
    factory = ByCoord("channel", {"tv": inner}, default=NormalIdentity(-5.0, 1e-6))
    factory.dims = ("channel", "geo")
    model = built(factory, xdist)
    draw = pm.draw(model["beta"], random_seed=1)
    assert draw[:2] == pytest.approx(-5, abs=1e-3)
    assert draw[2, 0] > 0 and draw[2, 1] == pytest.approx(5, abs=1e-3)
    assert "beta:tv:a" in model.named_vars


@BACKENDS
@pytest.mark.parametrize("dims", ["channel", ("geo", "channel")], ids=str)
def test_auto_members_are_blocks(xdist, dims):
    factory = ByCoord("channel", {"tv": tv("auto"), "search": tv(True)}, tv("auto"), dims=dims)
    blocks = auto_blocks(built(factory, xdist))
    assert [block.name for block in blocks] == ["beta:radio", "beta:tv"]
    assert {block.dims for block in blocks} == {("geo",) if "geo" in dims else ()}


@BACKENDS
def test_members_that_are_scales_get_the_coordinate_of_scales(xdist):
    """As the only scale of an ``"auto"`` prior would: the same transform, with the same anchor."""
    scale = Prior("Exponential", lam=2.0)
    by_label = ByCoord("channel", {"tv": scale}, default=LogNormalExp(1.0, scale))
    coords = {"channel": ["tv", "radio"]}
    model = built(LogNormalExp(1.0, by_label, dims="channel", centered="auto"), xdist, coords)
    alone = built(LogNormalExp(1.0, scale, centered="auto"), xdist, coords)
    found = unlabelled(model.rvs_to_transforms[model["beta_sigma:tv"]])
    expected = unlabelled(alone.rvs_to_transforms[alone["beta_sigma"]])
    assert type(found) is type(expected) and "Softplus" in type(found).__name__
    assert vars(found) == vars(expected)
    inner = unlabelled(model.rvs_to_transforms[model["beta_sigma:radio_sigma"]])
    assert "Softplus" not in type(inner).__name__
    point = model.initial_point()
    assert np.isfinite(model.compile_logp()(point))


def variants():
    yield example()
    yield example(dims=("geo", "channel"))
    yield ByCoord("year", {2023: tv(), 2024: Prior("HalfNormal")})
    yield ByCoord("day", dict.fromkeys(pd.date_range("2024-01-01", periods=2), tv("auto")))
    yield ByCoord("geo", {"a": ByCoord("channel", members(), tv())}, dims=("geo", "channel"))
    yield ByCoord("g", {"x": Scaled(Prior("HalfNormal"), factor=2.0), 1: tv(), 2.5: tv()})


@pytest.mark.parametrize("factory", list(variants()), ids=lambda f: f.dim)
def test_copies(factory):
    data = json.loads(json.dumps(factory.to_dict()))
    for again in (
        deserialize(data),
        ByCoord.from_dict(data),
        factory.deepcopy(),
        copy.deepcopy(factory),
        copy.copy(factory),
        pickle.loads(pickle.dumps(factory)),
    ):
        assert type(again) is ByCoord
        if "x" not in factory.members:  # upstream's Scaled has no ==
            assert again == factory
        assert repr(again) == repr(factory)
        assert again.to_dict() == factory.to_dict()
        assert [type(label) for label in again.members] == [type(x) for x in factory.members]


def test_copies_do_not_share_members():
    factory = example()
    duplicate = factory.deepcopy()
    duplicate.members["tv"].parameters["mu"] = 7.0
    duplicate.members["new"] = Prior("HalfNormal")
    duplicate.dims = "channel"
    assert factory == example()


def test_equality():
    assert example() == ByCoord(
        "channel", dict(reversed(members().items())), Prior("Exponential", lam=4.0)
    )
    others = [
        example(dims="channel"),
        ByCoord("channel", members()),
        ByCoord("geo", members(), Prior("Exponential", lam=4.0)),
        ByCoord("channel", {**members(), "tv": tv(True)}, Prior("Exponential", lam=4.0)),
    ]
    assert all(example() != other for other in others)
    assert example() != Prior("HalfNormal")
    with pytest.raises(TypeError, match="unhashable"):
        hash(example())


def test_repr_is_the_call_that_makes_it():
    text = repr(example(dims=("geo", "channel")))
    assert "0x" not in text and text.endswith('dims=("geo", "channel"))')
    assert eval(text) == example(dims=("geo", "channel"))


def test_support_is_the_weakest_of_the_members():
    assert support_of(example()) == Support(0.0, np.inf)
    assert support_of(ByCoord("channel", members(), Prior("Normal"))) == Support(-np.inf, np.inf)
    assert support_of(ByCoord("channel", {"tv": Prior("Normal", transform="log")})) == Support()
    with pytest.raises(ParameterError, match="mass at or below zero"):
        LogNormalExp(ByCoord("channel", members(), Prior("Normal")), 1.0, dims="channel")
    with pytest.warns(SupportWarning):
        LogNormalExp(
            ByCoord("channel", {"tv": Prior("Normal", transform="log")}), 1, dims="channel"
        )


def refused(call, error):
    with pytest.raises(error) as caught:
        call()
    return str(caught.value)


def test_what_is_refused_at_construction():
    half = Prior("HalfNormal")
    assert "got none" in refused(lambda: ByCoord("channel", {}), LabelError)
    twice = [("tv", half), ("radio", half), ("tv", half)]
    assert "repeated labels [tv]" in refused(lambda: ByCoord("channel", twice), LabelError)
    for malformed in ([1], 3, "tv!", half):
        text = refused(lambda m=malformed: ByCoord("channel", m), ParameterTypeError)
        assert "a mapping from labels to priors" in text
    assert "name of a dim" in refused(lambda: ByCoord(["channel"], {"tv": half}), DimsError)
    for wrong in (1.0, "HalfNormal", Prior, None, half.to_dict()):
        text = refused(lambda wrong=wrong: ByCoord("channel", {"tv": wrong}), ParameterTypeError)
        assert text.startswith("ByCoord: tv: expected a Prior")
    assert "default" in refused(lambda: ByCoord("channel", {"tv": half}, 1.0), ParameterTypeError)
    text = refused(lambda: ByCoord("channel", {"tv": half}, dims="geo"), DimsError)
    assert "expected 'channel'" in text and "('geo',)" in text
    own = Prior("HalfNormal", dims="channel")
    assert "Drop 'channel'" in refused(lambda: ByCoord("channel", {"tv": own}), DimsError)
    foreign = {"tv": Prior("HalfNormal", dims="week")}
    text = refused(lambda: ByCoord("channel", foreign, dims=("geo", "channel")), DimsError)
    assert "ByCoord: tv" in text and "week" in text
    factory = example()
    with pytest.raises(DimsError, match="expected 'channel'"):
        factory.dims = ("geo",)
    assert factory == example()


@BACKENDS
def test_what_is_refused_when_it_is_built(xdist):
    def building(factory, coords=COORDS):
        return lambda: built(factory, xdist, coords)

    text = refused(building(ByCoord("channel", members())), LabelError)
    assert (
        "beta: expected a member for each label of dim 'channel', but got none for [radio]" in text
    )
    assert "default=" in text
    misspelt = ByCoord("channel", {"TV": tv()}, default=tv())
    text = refused(building(misspelt), LabelError)
    assert "[TV]" in text and "Did you mean 'tv'?" in text
    text = refused(building(ByCoord("g", {"1": tv()}), {"g": [1]}), LabelError)
    assert "1 and '1' differ" in text
    assert "no coords for 'channel'" in refused(building(example(), {"geo": [1]}), DimsError)
    inner = ByCoord("channel", {"tv": Prior("HalfNormal", dims="geo")}, tv())
    assert "geo" in refused(building(inner), DimsError)
    unset = ByCoord(
        "channel", {"tv": Scaled(Prior("HalfNormal"), 2.0)}, tv(), dims=("geo", "channel")
    )
    assert "a prior with declared dims" in refused(building(unset), DimsError)
    alike = ByCoord("g", {"a/b": tv(), "a|b": tv()})
    assert "a name of its own" in refused(building(alike, {"g": ["a/b", "a|b"]}), LabelError)
    changed = example()
    changed.members["tv"] = 1.0
    assert "ByCoord: tv" in refused(building(changed), ParameterTypeError)


def test_nothing_is_created_where_it_is_refused():
    with pm.Model(coords=COORDS) as model:
        with pytest.raises(LabelError):
            ByCoord("channel", members()).create_variable("beta")
    assert model.named_vars == {}


def test_members_can_be_observed_and_set():
    model = built(ByCoord("g", {"a": Prior("HalfNormal"), "b": tv(True)}), False, {"g": ["a", "b"]})
    observed = pm.observe(model, {"beta:b": 0.4})
    assert [v.name for v in observed.observed_RVs] == ["beta:b"]
    assert pm.draw(pm.do(model, {"beta:b": 0.4})["beta"], random_seed=1)[1] == pytest.approx(0.4)


def test_slashes_do_not_reach_the_trace():
    model = built(ByCoord("g", {"paid/tv": tv(True)}), False, {"g": ["paid/tv"]})
    found = pm.sample_prior_predictive(2, model=model, random_seed=1).prior
    assert "beta:paid|tv" in found and found["beta"].g.values.tolist() == ["paid/tv"]


def test_who_demands_a_prior_is_told_so():
    factory = example(dims="channel")
    assert isinstance(factory, VariableFactory) and not isinstance(factory, Prior)
    with pytest.raises(ValueError, match="instance of Prior"):
        Censored(factory, lower=0)
    for parameters in ({"mu": factory, "sigma": 1.0}, {"mu": 0.0, "sigma": factory}):
        parent = Prior("Normal", **parameters, dims="channel", centered=False)
        for xdist in (False, True):
            text = refused(lambda p=parent, x=xdist: built(p, x), TypeError)
            assert text.startswith("ByCoord: expected") and "centered Prior" in text
    assert "centered Prior" in refused(lambda: float(np.min(factory)), TypeError)
    text = refused(lambda: factory.create_likelihood_variable("y", 0, 1), TypeError)
    assert "a request for a likelihood" in text


def test_block_of_the_guide_runs():
    guide = Path(__file__).parents[2] / "docs" / "by_coord.md"
    (block,) = re.findall(r"```python\n(.*?)```", guide.read_text(encoding="utf-8"), re.DOTALL)
    namespace = {}
    exec(compile(block, "guide", "exec"), namespace)
    assert "beta:tv_mu" in namespace["model"].named_vars
    assert namespace["draws"]["variable"].dims == ("chain", "draw", "geo", "channel")
