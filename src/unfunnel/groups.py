"""New groups: predict for labels that were not there when the model was sampled."""

from __future__ import annotations

import logging
from typing import Any

import numpy as np
import pandas as pd
import pymc as pm
import xarray as xr
from pytensor.graph.traversal import ancestors
from pytensor.xtensor.vectorization import XRV

from unfunnel.errors import LabelError, UnsupportedError

_LOG = logging.getLogger("unfunnel")
_COUNTER = "unfunnel_counter"


def extend_posterior(
    trace: Any,
    model: Any = None,
    *,
    random_seed: Any = None,
    progressbar: bool = False,
) -> xr.DataTree:
    """Return the posterior on the coords that the model has now.

    Sample with ``geo = [a, b]``, set the data to ``[a, b, c]``, then call this: ``a`` and ``b``
    keep their posterior draws, and ``c`` is drawn, for every posterior draw, from its prior given
    the hyperparameters of that draw. Labels that the model no longer has are dropped. What comes
    back is what ``pm.sample_posterior_predictive`` needs to predict for all of them.

    Parameters
    ----------
    trace : DataTree or Dataset
        Posterior draws, or a tree with a group ``posterior``.
    model : pymc.Model, optional
        The model, with its data and coords already set to the new ones; by default the one on the
        context stack.
    random_seed : int or Generator, optional
        For the new draws.
    progressbar : bool, default False
        Passed to ``pm.sample_posterior_predictive``.

    Returns
    -------
    DataTree
        With a group ``posterior`` that holds every free variable of the model on its present
        coords.

    Raises
    ------
    LabelError
        If a free variable is missing from the trace, or changed its length along a dim without
        labels.

    Notes
    -----
    It works for every free random variable with a dim that changed, ours or not, parents before
    children. With a value transform the trace holds the variable itself, whatever the centering, so
    nothing else is needed. Deterministics are left out: ``pm.sample_posterior_predictive`` computes
    them again.

    Examples
    --------
    >>> import numpy as np, pymc as pm, xarray as xr
    >>> from unfunnel import LogNormalExp, extend_posterior
    >>> with pm.Model(coords={"geo": ["a", "b"]}) as model:
    ...     beta = LogNormalExp(2.0, 0.5, dims="geo").create_variable("beta")
    ...     draws = xr.Dataset(
    ...         {"beta": (("chain", "draw", "geo"), np.ones((1, 10, 2)))}, {"geo": ["a", "b"]}
    ...     )
    ...     model.set_dim("geo", 3, coord_values=["a", "b", "c"])
    ...     extended = extend_posterior(draws, random_seed=1)
    >>> extended["posterior"]["beta"].sizes["geo"]
    3
    """
    model = pm.modelcontext(model)
    posterior = (
        trace["posterior"].to_dataset() if "posterior" in getattr(trace, "children", {}) else trace
    )
    posterior = posterior.to_dataset() if isinstance(posterior, xr.DataTree) else posterior
    seeds = np.random.default_rng(random_seed).integers(2**31, size=len(model.free_RVs))
    extended = xr.Dataset(coords={dim: posterior[dim] for dim in ("chain", "draw")})
    for seed, variable in zip(seeds, _parents_first(model), strict=True):
        old = _old_draws(posterior, variable.name)
        wanted = _coords_of(model, variable.name, old)
        if all(_same_labels(old, dim, labels) for dim, labels in wanted.items()):
            extended[variable.name] = old
            continue
        _LOG.info("Drawing new elements of %s from the posterior of its parents.", variable.name)
        _require_elementwise(variable)
        with model:
            new: Any = pm.sample_posterior_predictive(
                # PyMC counts draws by a variable, and the first to be drawn has none before.
                _tree(extended.assign({_COUNTER: posterior["chain"] * 0 + posterior["draw"] * 0})),
                var_names=[variable.name],
                random_seed=int(seed),
                progressbar=progressbar,
                # Else it returns the data, too, which may be of the old groups.
                predictions=True,
            )["predictions"][variable.name]
        extended[variable.name] = _merged(old, new, wanted)
    return _tree(extended)


def _parents_first(model: pm.Model) -> list[Any]:
    above = {rv: set(ancestors([rv])) for rv in model.free_RVs}
    return sorted(
        model.free_RVs, key=lambda rv: sum(other in above[rv] for other in model.free_RVs)
    )


def _old_draws(posterior: xr.Dataset, name: str) -> xr.DataArray:
    if name not in posterior:
        raise LabelError(
            f"extend_posterior: {name}",
            expected="posterior draws of every free variable of the model",
            given="none of this one",
            remedy="Pass the trace of this model, with its free variables.",
        )
    return posterior[name]


def _coords_of(model: pm.Model, name: str, old: xr.DataArray) -> dict[str, pd.Index]:
    """Return the labels the model has now for each named dim of a variable."""
    coords = {}
    for dim in model.named_vars_to_dims.get(name, ()) or ():
        if dim is None:
            continue
        labels = model.coords.get(dim)
        length = int(model.dim_lengths[dim].eval())
        coords[dim] = pd.RangeIndex(length) if labels is None else pd.Index(list(labels))
    if set(coords) != set(old.dims) - {"chain", "draw"} and coords:
        raise LabelError(
            f"extend_posterior: {name}",
            expected=f"posterior draws with the dims {tuple(coords)}",
            given=f"dims {old.dims}",
            remedy="Pass the trace of this model.",
        )
    return coords


def _require_elementwise(variable: Any) -> None:
    """Refuse what cannot be extended element by element: effects that sum to zero, random walks."""
    op = variable.owner.op
    joint = op.core_dims[1] if isinstance(op, XRV) else getattr(op, "ndim_supp", 0)
    if joint:
        raise UnsupportedError(
            f"extend_posterior: {variable.name}",
            expected="variables whose elements are independent given their parents",
            given=f"{op}, drawn jointly along a dim that changed",
            remedy="Model the groups with LogNormalExp or another elementwise prior.",
        )


def _same_labels(old: xr.DataArray, dim: str, labels: pd.Index) -> bool:
    return len(old[dim]) == len(labels) and bool((pd.Index(old[dim].values) == labels).all())


def _merged(old: xr.DataArray, new: xr.DataArray, wanted: dict[str, pd.Index]) -> xr.DataArray:
    """Take the posterior where there is one, and the new draws elsewhere."""
    new = new.assign_coords(wanted).transpose(*old.dims)
    aligned = old.reindex({dim: labels for dim, labels in wanted.items()})
    known = xr.ones_like(old.isel(chain=0, draw=0, drop=True), dtype=bool).reindex(
        wanted, fill_value=False
    )
    return aligned.where(known, new).transpose(*old.dims)


def _tree(posterior: xr.Dataset) -> xr.DataTree:
    return xr.DataTree.from_dict({"/posterior": posterior})
