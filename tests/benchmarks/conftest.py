"""Records as a run yields them, made up."""

import pytest
from benchmarks.grid import FormName, Grid, Regime

#: ESS per 1000 gradients that "auto" and its rivals have in every regime.
TYPICAL = {
    FormName.AUTO: 100.0,
    FormName.CENTERED: 10.0,
    FormName.NONCENTERED: 20.0,
    FormName.NONCENTERED_SOFTPLUS: 40.0,
    FormName.VIP: 4.0,
}


def record(cell, ess_per_kgrad, **figures):
    """Return the record of a fit of 4000 draws with 30,000 gradients."""
    return {
        "regime": cell.regime,
        "form": cell.form,
        "data_seed": cell.data_seed,
        "sampler_seed": cell.sampler_seed,
        "draws": 1000,
        "tune": 1000,
        "chains": 4,
        "advi_steps": 20_000,
        "ess_bulk": 30.0 * ess_per_kgrad,
        "ess_per_kgrad": ess_per_kgrad,
        "rhat": 1.01,
        "divergences": 0,
        "gradients": 30_000,
        "tuning_gradients": 30_000,
        "pilot_gradients": 3000 if cell.form == FormName.AUTO else 0,
        "pilot_seconds": 0.5 if cell.form == FormName.AUTO else 0.0,
        "pilot_problem": "",
        "sample_seconds": 1.0,
        "compile_seconds": 5.0,
        "error": "",
    } | figures


@pytest.fixture
def records():
    """Fits of every regime with nine seeds each, 10% more or less than is typical of the form."""
    grid = Grid(forms=tuple(TYPICAL))
    spread = {1: 0.9, 2: 1.0, 3: 1.1}
    return [record(cell, TYPICAL[cell.form] * spread[cell.sampler_seed]) for cell in grid]


@pytest.fixture
def change():
    """Return a function that changes figures of the fits of a form, in a regime or in all."""

    def changed(records, form, regime=None, **figures):
        return [
            r | figures
            if r["form"] == form and (regime is None or Regime(r["regime"]) is regime)
            else r
            for r in records
        ]

    return changed
