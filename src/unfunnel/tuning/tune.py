"""``tune``: find the coordinates of a model's auto blocks and set them in place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from unfunnel.tuning.arguments import (
    compile_options,
    one_seed,
    require_continuous,
    require_names,
    the_model,
)
from unfunnel.tuning.compiled import compile_for_tuning
from unfunnel.tuning.doubts import warn_of_problem
from unfunnel.tuning.pilot import run_pilot
from unfunnel.tuning.report import TuningReport, report_of
from unfunnel.tuning.scales import scales_of
from unfunnel.tuning.selection import select_blocks


def tune(
    model: Any = None,
    *,
    blocks: str | Sequence[str] = "auto",
    seed: Any = None,
    random_seed: Any = None,
    progress_bar: bool = True,
    compile_kwargs: dict[str, Any] | None = None,
) -> TuningReport:
    """Find the best coordinate for each element of the auto blocks of a model, and set it in place.

    Whatever samples the model afterwards, ``pm.sample``, ``nutpie.sample`` or the ``fit`` of a
    pymc-marketing model that was built before, works in these coordinates. They change no
    posterior: a model that is built again is non-centered until it is tuned, and means the same.

    Parameters
    ----------
    model : pymc.Model, optional
        By default the one on the context stack.
    blocks : "auto" or list of str
        Names of the variables to tune; by default all that were made with ``centered="auto"``.
        Those not named keep the values that they have.
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
        If the model has no auto block, no free variable, or discrete free variables, or
        ``compile_kwargs`` asks for another backend than ``"numba"``.
    ParameterError
        If ``blocks`` names none, or a variable that is not an auto block, or a seed is none, or
        given twice.
    ParameterTypeError
        If ``model`` is no model, or ``blocks`` no names.

    Warns
    -----
    TuningWarning
        If the pilot failed (the model stays non-centered) or did not settle.

    Notes
    -----
    The pilot takes a few thousand gradients of at most five short runs of two chains. What is
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
    model = the_model(model)
    require_names(blocks)
    number = one_seed(seed, random_seed)
    require_continuous(model)
    chosen = select_blocks(model, blocks)
    compiled = compile_for_tuning(model, chosen, **compile_options(compile_kwargs))
    pilot = run_pilot(model, compiled, chosen, number, progress_bar=progress_bar)
    warn_of_problem(pilot)
    pilot.set_in_model(chosen, scales_of(model, chosen))
    return report_of(model, chosen, pilot)
