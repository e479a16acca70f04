"""What is said of the draws of a run: what is wrong, whose it is, and what to do next."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import pymc as pm
import pytest
import xarray as xr
from scipy.signal import lfilter

import unfunnel
from unfunnel.tuning.check import say_verdict, verdict_of

QUIET = {"progress_bar": False}


def trace_of(draws, **stats):
    """Return a trace of ``a``, of 4 chains of 1000 draws of three groups or as given."""
    shape = draws.shape[:2]
    stats = {"diverging": np.zeros(shape, dtype=bool), **stats}
    posterior = xr.Dataset(
        {"a": (("chain", "draw", "group"), draws)}, coords={"group": ["x", "y", "z"]}
    )
    kept = xr.Dataset({name: (("chain", "draw"), values) for name, values in stats.items()})
    return xr.DataTree.from_dict({"posterior": posterior, "sample_stats": kept})


def independent(chains=4, draws=1000):
    return np.random.default_rng(1).normal(size=(chains, draws, 3))


def verdict(draws, **stats):
    return verdict_of(trace_of(draws, **stats), ["a"])


def some_divergences(number):
    diverging = np.zeros((4, 1000), dtype=bool)
    diverging.flat[:number] = True
    return diverging


def test_good_draws():
    found = verdict(independent())
    assert found.problems == ()
    assert found.line.startswith("0 divergences in 4000 draws, R-hat at most 1 (a[")
    assert found.line.endswith("No problem was seen.")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        say_verdict(found, progress_bar=False)


def test_chains_that_never_moved():
    draws = independent()
    draws[1:] = draws[1:, :1]
    found = verdict(draws, diverging=some_divergences(3000))
    assert found.problems[0] == "3 of 4 chains never moved (1, 2, 3)"
    assert "Do not use these draws" in found.advice
    assert found.rhat.value > 1.1


def test_all_chains_where_they_started():
    found = verdict(np.ones((4, 1000, 3)))
    assert found.problems == ("4 of 4 chains never moved (0, 1, 2, 3)",)


def test_chains_in_different_places():
    draws = independent()
    draws[0, :, 2] += 3.0
    found = verdict(draws)
    assert found.rhat.of == found.ess.of == "a[z]"
    assert found.problems[0].startswith("Chains disagree: R-hat is 1.")
    assert "several modes" in found.advice


def test_an_element_that_is_the_same_everywhere():
    """Such as the diagonal of a correlation matrix: it has no R-hat, and nothing is wrong."""
    draws = independent()
    draws[..., 0] = 1.0
    assert verdict(draws).problems == ()


def test_slow_chains():
    draws = lfilter([0.1], [1.0, -0.995], independent(draws=2000), axis=1)[:, 1000:]
    found = verdict(draws)
    assert any("effective sample size of a[" in x for x in found.problems)
    assert found.ess.value < 400


@pytest.mark.parametrize(("chains", "draws"), [(1, 1000), (4, 99)])
def test_too_few_to_tell(chains, draws):
    found = verdict(independent(chains, draws))
    assert found.problems == () and np.isnan(found.rhat.value)
    assert "too few draws or chains for R-hat" in found.line


def test_divergences():
    few = verdict(independent(), diverging=some_divergences(3))
    assert few.problems == ("3 of 4000 draws diverged",)
    assert few.advice.startswith("Raise target_accept")
    many = verdict(independent(), diverging=some_divergences(300))
    assert "target_accept seldom helps" in many.advice
    messages = np.full((4, 1000), None, dtype=object)
    messages.flat[:250] = "Logp function returned error code: 4"
    outside = verdict(independent(), diverging=some_divergences(300), divergence_message=messages)
    assert outside.problems == (
        "300 of 4000 draws diverged, 250 of them where the log density is not finite",
    )
    assert "leave a support" in outside.advice


def test_deep_trees():
    reached = np.zeros((4, 1000), dtype=bool)
    reached[2, :60] = True
    (problem,) = verdict(independent(), maxdepth_reached=reached).problems
    assert problem.startswith("6% of the trees")


def test_it_is_said_and_kept(caplog, capsys):
    """A probability that is a sum leaves (0, 1): chains diverge at the end of its support."""
    rng = np.random.default_rng(3)
    with pm.Model(coords={"tank": range(6)}) as model:
        level, spread = pm.Beta("level", 20, 2), pm.HalfNormal("spread", 0.3)
        e = pm.Normal("e", 0, spread, dims="tank", initval=np.zeros(6))
        pm.Binomial("y", 12, level + e, observed=rng.binomial(12, 0.95, size=6))
    options = {"draws": 150, "tune": 200, "chains": 2, "seed": 1, "blocks": "all"}
    with (
        caplog.at_level(logging.INFO, "unfunnel"),
        pytest.warns(unfunnel.SamplingWarning, match=r"of 300 draws diverged"),
    ):
        trace = unfunnel.sample(model, **options, **QUIET)
    kept = trace["unfunnel"].attrs
    assert kept["divergences"] == int(trace["sample_stats"]["diverging"].sum()) > 0
    first, last = [x for x in caplog.records if "divergences in 300 draws" in x.getMessage()]
    assert first.getMessage().startswith("This run ended badly, so another follows.")
    assert last.levelno == logging.WARNING
    assert last.getMessage() == kept["verdict"]
    assert "leave a support" in kept["verdict"]
    trace["unfunnel"].to_dataset().to_netcdf()  # attributes of plain types
    with pytest.warns(unfunnel.SamplingWarning):
        unfunnel.sample(model, **options)
    assert "divergences in 300 draws" in capsys.readouterr().out.replace("\n", " ")
