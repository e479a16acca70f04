"""One fit of a classic model: built, compiled, sampled and measured, all by whoever runs it.

Each fit compiles its own model, as a user would. Chains run one after the other, and seconds are of
the processor, so that they depend little on how many cores there are and on what else they do.
"""

from __future__ import annotations

import inspect
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import nutpie
import pymc as pm
from pymc.distributions.transforms import LogTransform

import unfunnel
from benchmarks.classic_grid import ClassicFit, Way
from benchmarks.classic_models import CLASSICS
from benchmarks.classic_models.parts import Classic, Form, Priors
from benchmarks.measures import FAILED, diagnostics, estimates, warm_up
from benchmarks.meter import metered
from benchmarks.store import Record, Settings
from benchmarks.vip import fit_weights
from unfunnel.optional import require

_ADVI_STEPS = 20_000

# What is kept of what unfunnel says of a run.
_REPORTED = ("verdict", "problem", "untouched", "untuned", "adaptation", "first_run", "rounds")

_WARMUP = "warmup_sample_stats"


@dataclass(frozen=True)
class Sampled:
    """A trace, the variables that are judged, and what it took.

    Seconds of compilation are those of nutpie; all else of a call is sampling. ``pilot_gradients``
    are those of everything before the trace: a pilot, ADVI, a run that was not kept.
    """

    trace: Any
    names: list[str]
    compile_seconds: float
    sample_seconds: float
    pilot_gradients: int = 0
    positive: list[str] = field(default_factory=list)
    more: Record = field(default_factory=dict)


def fit_classic(settings: Settings) -> Record:
    """Return the figures of a fit; one that fails has an ``error`` and an ESS of zero."""
    warm_up()
    fit = ClassicFit(**settings)
    start = time.process_time()
    try:
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            sampled = _WAYS[Way(fit.way)](fit)
    except Exception as error:  # whatever goes wrong, it is the result of this fit, not of the grid
        return FAILED | {
            "error": f"{type(error).__name__}: {error}",
            "sample_seconds": time.process_time() - start,
        }
    of_us = [str(w.message) for w in said if "unfunnel" in str(w.message)]
    return {
        **diagnostics(sampled.trace, sampled.names),
        "pilot_gradients": sampled.pilot_gradients,
        "compile_seconds": sampled.compile_seconds,
        "sample_seconds": sampled.sample_seconds,
        "error": "",
        "warnings": of_us,
        **sampled.more,
        "estimates": estimates(sampled.trace, sampled.names, sampled.positive),
    }


def data_of(classic: Classic, small: bool) -> Any:
    """Return the data of a model; fewer, if asked for and if it has such."""
    can_be_small = "small" in inspect.signature(classic.data).parameters
    return classic.data(small=True) if small and can_be_small else classic.data()


def build(fit: ClassicFit, form: Form) -> pm.Model:
    """Build the model of a fit in a form."""
    classic = CLASSICS[fit.model]
    return classic.build(data_of(classic, fit.small), Priors(fit.priors), form)


def by_nutpie(
    model: pm.Model, names: list[str], positive: list[str], fit: ClassicFit, **options: Any
) -> Sampled:
    """Compile and sample a model as it is."""
    start = time.process_time()
    compiled = nutpie.compile_pymc_model(model)
    compiled_at = time.process_time()
    trace = nutpie.sample(compiled, **_run_options(fit), **options)
    end = time.process_time()
    return Sampled(trace, names, compiled_at - start, end - compiled_at, 0, positive)


def judged(fit: ClassicFit) -> tuple[list[str], list[str]]:
    """Return the variables that every form is judged by, and which of them are positive.

    They are the random variables of the centered model, which the other forms have too.
    """
    model = build(fit, Form.CENTERED)
    names = [str(variable.name) for variable in model.free_RVs]
    transforms = model.rvs_to_transforms
    positive = [str(v.name) for v in model.free_RVs if isinstance(transforms[v], LogTransform)]
    return names, positive


def _run_options(fit: ClassicFit) -> dict[str, Any]:
    return {
        "draws": fit.draws,
        "tune": fit.tune,
        "chains": fit.chains,
        "cores": 1,
        "seed": fit.seed,
        "progress_bar": False,
    }


def _centered(fit: ClassicFit) -> Sampled:
    return by_nutpie(build(fit, Form.CENTERED), *judged(fit), fit)


def _noncentered(fit: ClassicFit) -> Sampled:
    return by_nutpie(build(fit, Form.NONCENTERED), *judged(fit), fit)


def _unfunnel(fit: ClassicFit) -> Sampled:
    model, (names, positive) = build(fit, Form.CENTERED), judged(fit)
    start = time.process_time()
    with metered() as meter:
        trace = unfunnel.sample(model, blocks="all", **_run_options(fit))
    sampling = time.process_time() - start - meter.compile_seconds
    report, runs = trace["unfunnel"].attrs, meter.gradients_of_runs(fit.draws)
    kept = sum(int(trace[group]["n_steps"].sum()) for group in ("sample_stats", _WARMUP))
    more = {key: report[key] for key in _REPORTED if key in report} | {"runs": len(runs)}
    more["pilot_seconds"] = float(report["seconds"])
    more["draw_seconds"] = float(trace["posterior"].attrs["sampling_time"])
    before = int(report["gradients"]) + sum(runs) - kept
    return Sampled(trace, names, meter.compile_seconds, sampling, before, positive, more)


def _vip(fit: ClassicFit) -> Sampled:
    autoreparam = require("pymc_extras.model.transforms.autoreparam", "bench")
    centered = build(fit, Form.CENTERED)
    model, vip = autoreparam.vip_reparametrize(centered, CLASSICS[fit.model].effects)
    start = time.process_time()
    problem = fit_weights(model, vip, _ADVI_STEPS, fit.seed)
    seconds = time.process_time() - start
    found = by_nutpie(model, *judged(fit), fit)
    return replace(
        found,
        sample_seconds=found.sample_seconds + seconds,
        pilot_gradients=_ADVI_STEPS,
        more={"problem": problem},
    )


def _bambi(fit: ClassicFit) -> Sampled:
    """Sample what Bambi makes of a formula: with its priors, so the posterior is another one."""
    classic = CLASSICS[fit.model]
    data = data_of(classic, fit.small)
    model = require("bambi", "bench").Model(classic.formula, data, family=classic.family)
    model.build()
    backend = model.backend.model
    dims = backend.named_vars_to_dims
    every = sorted(str(variable.name) for variable in backend.unobserved_RVs)
    of_model = [name for name in every if "__obs__" not in (dims.get(name) or ())]
    names = [name for name in of_model if not name.endswith("_offset")]
    return by_nutpie(backend, names, [], fit)


_WAYS: dict[Way, Callable[[ClassicFit], Sampled]] = {
    Way.UNFUNNEL: _unfunnel,
    Way.CENTERED: _centered,
    Way.NONCENTERED: _noncentered,
    Way.BAMBI: _bambi,
    Way.VIP: _vip,
}
