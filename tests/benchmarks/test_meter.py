"""Runs and compilations are counted from outside, whoever asks nutpie for them."""

import nutpie
import xarray as xr
from benchmarks.meter import metered


def trace(draws, steps):
    return {
        group: xr.Dataset({"n_steps": (("chain", "draw"), [[steps] * draws])})
        for group in ("sample_stats", "warmup_sample_stats")
    }


class Sampler:
    def wait(self):
        return trace(100, 3)


def test_runs_and_compilations_are_counted(monkeypatch):
    def sample(model, blocking=True):
        return trace(20, 7) if blocking else Sampler()

    monkeypatch.setattr(nutpie, "sample", sample)
    monkeypatch.setattr(nutpie, "compile_pymc_model", lambda model: sum(range(10**6)))
    with metered() as meter:
        nutpie.compile_pymc_model(None)
        nutpie.sample(None)
        sampler = nutpie.sample(None, blocking=False)
        assert meter.runs == [(20, 280)]
        sampler.wait()
    assert nutpie.sample is sample
    assert meter.compile_seconds > 0
    assert meter.gradients_of_runs(100) == [600]
    assert meter.gradients_of_runs(20) == [280]
