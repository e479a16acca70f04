"""``sample`` and ``tune``: the coordinates of a model's hierarchies, found by a pilot run."""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from typing import Any

import xarray as xr
from pymc.backends.arviz import patch_nutpie_idata

from unfunnel.errors import UnsupportedError
from unfunnel.tuning.arguments import (
    compile_options,
    one_seed,
    require_continuous,
    require_names,
    require_options,
    require_run,
    whole_model,
)
from unfunnel.tuning.check import TuningWarning, say, say_verdict, warn_of_problem
from unfunnel.tuning.choose import LOW_RANK
from unfunnel.tuning.compiled import compile_plan, set_in_model
from unfunnel.tuning.pilot import no_pilot, run_pilot
from unfunnel.tuning.reparameterize import plan_of_any
from unfunnel.tuning.report import TuningReport, report_of
from unfunnel.tuning.running import ADAPTATION_OPTIONS, Request, without_unconstrained
from unfunnel.tuning.start import require_start


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
        Length of the warm-up. By default 400 or 1000 under the adaptation that is chosen here,
        and nutpie's own under one that is asked for.
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
        ``store_divergences``. If no ``adaptation`` is asked for, it is the diagonal one, or
        ``"low_rank"`` with ``mass_matrix_eigval_cutoff=1.25`` in up to 100 dimensions where that
        leaves less at the draws of the pilot; where much is left, ``target_accept`` is 0.95 and
        ``tune`` 1000.

    Returns
    -------
    DataTree
        What nutpie returns, with the groups ``constant_data`` and ``observed_data`` of
        ``pm.sample`` and a group ``unfunnel``: information, weighted location and centeredness
        ``kappa`` of each element, what the pilot cost, and the verdict on the draws; see
        :class:`~unfunnel.tuning.report.TuningReport`. Where nothing can be tuned the model is
        sampled as it is, and one line says why.

    Raises
    ------
    ParameterError
        If a length, ``cores`` or ``target_accept`` is out of range, an option is unknown to nutpie,
        ``blocks`` names none, or what is no hierarchy, or a seed is none, or given twice.
    ParameterTypeError
        If ``model`` is no model, ``blocks`` no names, or a length no whole number.
    UnsupportedError
        If a free variable is discrete, ``compile_kwargs`` asks for another backend than
        ``"numba"`` while there is something to tune, or ``blocking=False`` or
        ``return_raw_trace=True`` is passed.
    SamplingError
        If the log density or its gradient cannot be computed, or is not finite, where chains
        start; the message names the terms of the model that fail.

    Warns
    -----
    TuningWarning
        If the pilot failed, or turns out to disagree with the draws by more than chance allows.
    SamplingWarning
        If chains never moved, and wherever ``pm.sample`` would warn: of divergences, trees of the
        greatest depth, an R-hat above 1.01, or an effective sample size below 100 for each chain.

    Notes
    -----
    The model is compiled once. A run that ends badly (chains that never moved, an R-hat above 1.05,
    more than 2 divergences in 100 draws) is the pilot of another, in no more time than was taken
    before; the better one is returned, and says so. Every run ends with one line, which is logged
    if there is no progress bar: divergences, the worst R-hat and effective sample size, and what to
    do next.

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
    model = whole_model(model)
    require_names(blocks)
    require_run(nutpie_options, draws=draws, tune=tune, chains=chains)
    own_adaptation = not ADAPTATION_OPTIONS & nutpie_options.keys()
    if nutpie_options:
        require_options(nutpie_options, LOW_RANK if own_adaptation else {})
    number = one_seed(seed, random_seed)
    require_continuous(model)
    started = time.perf_counter()
    plan = plan_of_any(model, blocks)
    compiled = compile_plan(plan, **compile_options(compile_kwargs))
    require_start(plan.model, compiled)
    pilot = no_pilot()
    if plan.blocks:
        cores = {key: nutpie_options[key] for key in ("cores",) if key in nutpie_options}
        pilot = run_pilot(plan, compiled, number, progress_bar=progress_bar, **cores)
        warn_of_problem(pilot)
        if plan.left_alone:
            say(progress_bar, f"Left as they are: {plan.untouched}.")
    else:
        say(progress_bar, f"Nothing is tuned: {plan.why_none}.")
    options = {"draws": draws, "tune": tune, "chains": chains, "seed": number}
    options |= {"progress_bar": progress_bar, **nutpie_options}
    request = Request(model, plan, compiled, options, started)
    kept = first = request.first(pilot)
    if request.ended_badly(first):
        say(progress_bar, f"This run ended badly, so another follows. {first.verdict.line}")
        second = request.second(first)
        if second is not None and second.verdict.gravity < first.verdict.gravity:
            kept = second
    trace, report = kept.trace, report_of(plan, kept.pilot).values
    attributes = {"adaptation": kept.adaptation, **kept.verdict.attributes}
    if kept is not first:
        attributes["first_run"] = first.verdict.line
    if not nutpie_options.get("store_unconstrained"):
        trace = without_unconstrained(trace)
    _attach_data(trace, model, kept.seconds)
    trace["unfunnel"] = xr.DataTree(report.assign_attrs(attributes))
    say_verdict(kept.verdict, progress_bar)
    return trace


def tune(
    model: Any = None,
    *,
    blocks: str | Sequence[str] = "auto",
    seed: Any = None,
    random_seed: Any = None,
    progress_bar: bool = True,
    compile_kwargs: dict[str, Any] | None = None,
) -> TuningReport:
    """Find the best coordinate for each element of the hierarchies of a model; set it in place.

    Whatever samples the model afterwards, ``pm.sample``, ``nutpie.sample`` or the ``fit`` of a
    pymc-marketing model that was built before, works in these coordinates. They change no
    posterior: a model that is built again is non-centered until it is tuned, and means the same.

    Parameters
    ----------
    model : pymc.Model, optional
        By default the one on the context stack.
    blocks : "auto", "all" or list of str
        Which variables to tune: those made with ``centered="auto"`` (default); all hierarchies of
        the model, whoever wrote them; or those named. The others keep the coordinate that they
        have.
    seed, random_seed : int or numpy Generator, optional
        Fixes the result; two names for one argument.
    progress_bar : bool, default True
        Show the progress of the pilot, one line for all its rounds.
    compile_kwargs : dict, optional
        Passed to ``nutpie.compile_pymc_model``.

    Returns
    -------
    TuningReport
        What was found; it prints as a table and has a method ``plot``.

    Raises
    ------
    UnsupportedError
        If there is nothing to tune, no free variable, or a discrete one, or
        ``compile_kwargs`` asks for another backend than ``"numba"``.
    ParameterError
        If ``blocks`` names none, or what is no hierarchy, or a seed is none, or given twice.
    ParameterTypeError
        If ``model`` is no model, or ``blocks`` no names.
    SamplingError
        If the model cannot start, as from :func:`sample`.

    Warns
    -----
    TuningWarning
        If the pilot failed (the model stays non-centered).

    Notes
    -----
    The pilot takes a few thousand gradients of at most eight short runs of two chains. What is
    estimated is the information that the rest of the model carries on each element, by a regression
    of scores on draws; see :mod:`unfunnel.tuning.estimate`.

    Examples
    --------
    >>> import numpy as np, pymc as pm, unfunnel
    >>> from pymc_extras.prior import Prior
    >>> with pm.Model(coords={"shop": range(8)}) as model:
    ...     beta = unfunnel.NormalIdentity(
    ...         Prior("Normal"), Prior("HalfNormal"), dims="shop", centered="auto"
    ...     ).create_variable("beta")
    ...     y = pm.Normal("y", beta, 0.1, observed=np.arange(8.0), dims="shop")
    >>> report = unfunnel.tune(model, seed=1, progress_bar=False)
    >>> bool(report.kappa("beta").min() > 0.9)
    True
    """
    model = whole_model(model)
    require_names(blocks)
    number = one_seed(seed, random_seed)
    require_continuous(model)
    plan = plan_of_any(model, blocks, in_place=True)
    if not plan.blocks:
        raise UnsupportedError(
            "unfunnel.tune",
            expected="a model with a hierarchy that can be tuned",
            given=f"one in which {plan.why_none}",
        )
    compiled = compile_plan(plan, **compile_options(compile_kwargs))
    require_start(plan.model, compiled)
    pilot = run_pilot(plan, compiled, number, progress_bar=progress_bar)
    warn_of_problem(pilot)
    set_in_model(plan, pilot.coordinates)
    return report_of(plan, pilot)


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
