"""What ``sample``, ``tune`` and ``reparameterize`` refuse, before anything is compiled."""

from __future__ import annotations

import numpy as np
import nutpie
import pymc as pm
import pytest
from models import mixed

import unfunnel
from unfunnel import NormalIdentity
from unfunnel.errors import ParameterError, ParameterTypeError, UnsupportedError

EACH = pytest.mark.parametrize(
    "function", [unfunnel.sample, unfunnel.tune, unfunnel.reparameterize]
)
BOTH = pytest.mark.parametrize("function", [unfunnel.sample, unfunnel.tune])


@pytest.fixture(autouse=True)
def nothing_is_compiled(monkeypatch):
    def compiled(*_args, **options):
        assert "beckend" in options, "It was compiled."
        return original(*_args, **options)

    original = nutpie.compile_pymc_model
    monkeypatch.setattr(nutpie, "compile_pymc_model", compiled)


class Builder:
    """Has a model once it is built, as pymc-marketing's builders do."""

    def build_model(self):
        """Do nothing."""


@EACH
def test_what_is_no_model(function):
    with pytest.raises(ParameterTypeError, match=r"a pymc.Model, but got 3 of type int\.$"):
        function(3)
    with pytest.raises(ParameterTypeError, match=r"Call its build_model, then .* \.model"):
        function(Builder())
    with pytest.raises(ParameterTypeError, match=r"none on the context stack\. Pass the model"):
        function()
    with pm.Model(), pm.Model(name="sub") as sub:  # it would be without the data outside of it
        NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("a")
    with pytest.raises(UnsupportedError, match=r"the submodel 'sub'. Pass model\.root"):
        function(sub)


@EACH
def test_blocks_that_are_no_names(model, function):
    """A variable in place of its name, above all."""
    for blocks in (model["phi"], [model["phi"]], None, 3, [None], b"phi", np.array(["phi", "a"])):
        with pytest.raises(ParameterTypeError, match=r"^blocks: expected the name of a variable"):
            function(model, blocks=blocks)
    with pytest.raises(ParameterTypeError, match=r"but got phi of type .* Pass its name"):
        function(model, blocks=[model["phi"]])
    with pytest.raises(ParameterError, match=r"names among 'phi', but got none"):
        function(model, blocks=[])


def test_blocks_that_are_not_there(model):
    with pytest.raises(ParameterError, match=r"names among 'phi'.*Did you mean 'phi'"):
        unfunnel.sample(model, blocks=["phy"])
    with pytest.raises(UnsupportedError, match="a hierarchy that can be tuned"):
        unfunnel.tune(mixed(False))


@BOTH
def test_models_that_cannot_be_sampled(function):
    with pm.Model() as empty:
        pm.Normal("y", observed=1.0)
    with pytest.raises(UnsupportedError, match="a model with free random variables"):
        function(empty)
    with pm.Model() as discrete:
        k = pm.Poisson("k", 3.0)
        NormalIdentity(0.0, pm.HalfNormal("s"), centered="auto").create_variable("b")
        pm.Normal("y", k, observed=1.0)
    with pytest.raises(UnsupportedError, match="the discrete 'k'"):
        function(discrete)


@BOTH
def test_seeds(model, function):
    with pytest.raises(ParameterError, match="seed or random_seed, which are one"):
        function(model, seed=1, random_seed=2)
    for seed in (-1, "a", 1.5, True, 2**64):
        with pytest.raises(ParameterError, match="a non-negative whole number"):
            function(model, seed=seed)


@BOTH
def test_options_of_the_compilation(model, function):
    for wrong in ("numba", {3: 4}):
        with pytest.raises(ParameterTypeError, match="a dictionary of options"):
            function(model, compile_kwargs=wrong)
    with pytest.raises(ParameterError, match=r"'beckend'; Numba says: .*Unrecognized"):
        function(model, compile_kwargs={"beckend": "numba"})
    with pytest.raises(UnsupportedError, match=r"backend 'numba' .* got 'jax'. Call unfunnel.tune"):
        function(model, compile_kwargs={"backend": "jax"})


def test_lengths_that_nutpie_cannot_have(model):
    for name in ("draws", "tune", "chains", "cores", "num_draws", "num_tune", "num_chains"):
        with pytest.raises(ParameterError, match=f"{name}: expected at least 1, but got 0"):
            unfunnel.sample(model, **{name: 0})
        with pytest.raises(ParameterTypeError, match=f"{name}: expected a whole number"):
            unfunnel.sample(model, **{name: 10.0})
    for rate in (0.0, 1.0, 80):
        with pytest.raises(ParameterError, match=r"target_accept to be in \(0.0, 1.0\)"):
            unfunnel.sample(model, target_accept=rate)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"target_acept": 0.9}, "but got 'target_acept'; nutpie says: Unknown settings attribute"),
        ({"adaptation": "full"}, "Unknown adaptation strategy"),
        ({"adaptation": "diag", "mass_matrix_eigval_cutoff": 2.0}, "not available for diag"),
        ({"maxdepth": "deep"}, "nutpie says"),
        ({"blocking": False}, "groups are added to the finished trace"),
        ({"return_raw_trace": True}, "groups are added to the finished trace"),
    ],
)
def test_options_of_nutpie(model, options, reason, nutpie_calls):
    with pytest.raises((ParameterError, UnsupportedError), match=reason):
        unfunnel.sample(model, **options)
    # In a notebook nutpie shows its bar as soon as it need not ask the model for ``init_mean``.
    assert not any(given["progress_bar"] for _compiled, given in nutpie_calls)
