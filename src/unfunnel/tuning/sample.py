"""``sample``: a pilot, and then nutpie in the coordinates that the pilot found."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from typing import Any

import xarray as xr
from pymc.backends.arviz import patch_nutpie_idata

from unfunnel.errors import SamplingError
from unfunnel.optional import require
from unfunnel.tuning.arguments import (
    compile_options,
    one_seed,
    require_acceptance,
    require_continuous,
    require_counts,
    require_finished_trace,
    require_names,
    require_options,
    the_model,
)
from unfunnel.tuning.compiled import LOW_RANK, compile_for_tuning, reason_of
from unfunnel.tuning.doubts import TuningWarning, warn_of_disagreement, warn_of_problem
from unfunnel.tuning.pilot import run_pilot
from unfunnel.tuning.progress import tell
from unfunnel.tuning.report import reasons, report_of
from unfunnel.tuning.selection import informed_model

# Adaptations by the options that they were before; nutpie takes these still, and warns.
_FORMER_OPTIONS = {"low_rank_modified_mass_matrix": "low_rank", "transform_adapt": "flow"}

# Whoever passes one of these has chosen an adaptation.
_ADAPTATION_OPTIONS = {
    *_FORMER_OPTIONS,
    "adaptation",
    "sampler",
    "use_grad_based_mass_matrix",
    "mass_matrix_eigval_cutoff",
    "mass_matrix_gamma",
}


def sample(
    model: Any = None,
    *,
    draws: int | None = None,
    tune: int | None = None,
    chains: int | None = None,
    blocks: str | Sequence[str] = "auto",
    seed: Any = None,
    random_seed: Any = None,
    progress_bar: bool = True,
    compile_kwargs: dict[str, Any] | None = None,
    **nutpie_options: Any,
) -> xr.DataTree:
    """Sample a model with nutpie, its hierarchies in the coordinates that a pilot run finds.

    Parameters
    ----------
    model : pymc.Model, optional
        By default the one on the context stack. It is not changed.
    draws, chains : int, optional
        As in ``nutpie.sample``, with its defaults.
    tune : int, optional
        Length of the warm-up. By default 400 under the adaptation that is chosen here, and
        nutpie's own under one that is asked for.
    blocks : "auto", "all" or list of str
        Which variables to tune: those made with ``centered="auto"`` (default); all hierarchies of
        the model, whoever wrote them; or those named. What looks like part of a hierarchy and is
        left as it is, such as a textbook offset, is named under the progress of the pilot.
    seed, random_seed : int or numpy Generator, optional
        Fixes pilot, estimate and draws; two names for one argument.
    progress_bar : bool, default True
        Show progress: one line for the pilot, then nutpie's.
    compile_kwargs : dict, optional
        Passed to ``nutpie.compile_pymc_model``.
    **nutpie_options
        Passed to ``nutpie.sample``, such as ``target_accept``, ``adaptation``, ``cores`` and
        ``store_divergences``. If no ``adaptation`` is asked for, it is ``"low_rank"`` with
        ``mass_matrix_eigval_cutoff=1.25``, or the diagonal one in more than 100 dimensions and
        where the pilot failed.

    Returns
    -------
    DataTree
        What nutpie returns, with the groups ``constant_data`` and ``observed_data`` of
        ``pm.sample`` and a group ``unfunnel``: information, weighted location and centeredness
        ``kappa`` of each element, and what the pilot cost; see
        :class:`~unfunnel.tuning.report.TuningReport`.

    Raises
    ------
    ParameterError
        If a length, ``cores`` or ``target_accept`` is out of range, an option is unknown to nutpie,
        ``blocks`` names none, or what is no hierarchy, or a seed is none, or given twice.
    ParameterTypeError
        If ``model`` is no model, ``blocks`` no names, or a length no whole number.
    UnsupportedError
        If there is nothing to tune, a free variable is discrete, ``compile_kwargs`` asks for
        another backend than ``"numba"``, or ``blocking=False`` or ``return_raw_trace=True`` is
        passed.
    SamplingError
        If nutpie finds no point to start from.

    Warns
    -----
    TuningWarning
        If the pilot failed, did not settle, or turns out to disagree with the draws.

    Notes
    -----
    The model is compiled once. The posterior does not depend on what the pilot found; only the
    number of gradients for an independent draw does.

    Examples
    --------
    >>> import numpy as np, pymc as pm, unfunnel
    >>> from pymc_extras.prior import Prior
    >>> with pm.Model(coords={"shop": range(8)}) as model:
    ...     beta = unfunnel.LogNormalExp(
    ...         Prior("Exponential"), Prior("Exponential"), dims="shop", centered="auto"
    ...     ).create_variable("beta")
    ...     y = pm.Normal("y", beta, 0.5, observed=np.linspace(1, 2, 8), dims="shop")
    ...     trace = unfunnel.sample(draws=200, tune=200, chains=2, seed=1, progress_bar=False)
    >>> trace["unfunnel"]["beta_kappa"].dims
    ('shop',)
    """
    model = the_model(model)
    require_names(blocks)
    by_nutpies_names = ("num_draws", "num_tune", "num_chains", "cores")
    others = {name: nutpie_options.get(name) for name in by_nutpies_names}
    require_counts(draws=draws, tune=tune, chains=chains, **others)
    require_acceptance(nutpie_options.get("target_accept"))
    require_finished_trace(nutpie_options)
    adaptation_given = bool(_ADAPTATION_OPTIONS & nutpie_options.keys())
    if nutpie_options:
        require_options(nutpie_options, {} if adaptation_given else LOW_RANK)
    nutpie = require("nutpie", "sample")
    number = one_seed(seed, random_seed)
    require_continuous(model)
    informed, chosen, untouched = informed_model(model, blocks)
    compiled = compile_for_tuning(informed, chosen, **compile_options(compile_kwargs))
    run_options = {key: nutpie_options[key] for key in ("cores",) if key in nutpie_options}
    pilot = run_pilot(informed, compiled, chosen, number, progress_bar=progress_bar, **run_options)
    warn_of_problem(pilot)
    if untouched:
        tell(progress_bar, f"Left as they are: {reasons(untouched)}.")
    start = time.perf_counter()
    if not adaptation_given:
        nutpie_options = pilot.adaptation(compiled) | nutpie_options
    report = report_of(informed, chosen, pilot, untouched)
    report.values.attrs["adaptation"] = _adaptation(nutpie_options)
    try:
        trace: xr.DataTree = nutpie.sample(
            pilot.in_compiled(compiled, chosen),
            draws=draws,
            tune=tune,
            chains=chains,
            seed=number,
            progress_bar=progress_bar,
            **nutpie_options,
        )
    except RuntimeError as error:  # what nutpie raises where it finds no point to start from
        raise SamplingError(
            "unfunnel.sample",
            expected="a log density and a gradient that are finite where chains start",
            given=f"what nutpie could not sample: {reason_of(error)}",
            remedy="Look at model.debug(), at NaN or infinities in the data, and at observations "
            "or initial values outside of a support.",
        ) from error
    _attach_data(trace, model, time.perf_counter() - start)
    trace["unfunnel"] = xr.DataTree(report.values)
    if not pilot.failed:
        warn_of_disagreement(chosen, pilot, trace)
    return trace


def _adaptation(options: dict[str, Any]) -> str:
    """Return the adaptation that options of ``nutpie.sample`` ask for."""
    former = (name for option, name in _FORMER_OPTIONS.items() if options.get(option))
    return str(next(former, options.get("adaptation", "diag")))


def _attach_data(trace: xr.DataTree, model: Any, seconds: float) -> None:
    """Attach the data as ``pm.sample`` does; the draws are not lost if that fails."""
    try:
        patch_nutpie_idata(trace, model, sampling_time=seconds)
    except (KeyError, ValueError, AttributeError) as error:  # a trace in a zarr store, for one
        warnings.warn(
            f"unfunnel: the data of the model could not be attached to the trace ({error!r}).",
            TuningWarning,
            stacklevel=3,
        )
