"""New groups: predict for labels that were not there when the model was sampled."""

from __future__ import annotations

import logging
from typing import Any, NamedTuple

import numpy as np
import pymc as pm
import xarray as xr
from pytensor.graph.traversal import ancestors
from pytensor.xtensor.vectorization import XRV

from unfunnel.alignment import SAME_TYPE, alike, index_of, model_index, positions_of
from unfunnel.errors import LabelError, UnsupportedError, listed, shown
from unfunnel.parameterization.graph_ops import random_node
from unfunnel.structures.joint import JointVariable

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
        If a free variable is missing from the trace, has other dims or another length along a dim
        without a name. If labels are tuples, are there twice, or read like those in the trace and
        are of another type.
    UnsupportedError
        If a dim changed along which a variable is drawn jointly, as effects that sum to zero are.

    Notes
    -----
    It works for every free random variable with a dim that changed, ours or not, parents before
    children. With a value transform the trace holds the variable itself, whatever the centering, so
    nothing else is needed. Deterministics are left out: ``pm.sample_posterior_predictive`` computes
    them again.

    A trace holds the labels ``[101, 102, "online"]`` as texts. They are matched, and what comes
    back holds them as texts, too.

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
    posterior = _posterior_of(trace)
    seeds = np.random.default_rng(random_seed).integers(2**31, size=len(model.free_RVs))
    extended = xr.Dataset(coords={dim: posterior[dim] for dim in ("chain", "draw")})
    for seed, variable in zip(seeds, _parents_first(model), strict=True):
        old = _old_draws(posterior, variable.name)
        axes = _axes_now(model, variable, old)
        labels = {dim: axis.labels for dim, axis in axes.items()}
        changed = {dim for dim, axis in axes.items() if axis.changed(old.sizes[dim])}
        if changed:
            _LOG.info("Drawing new elements of %s given its parents.", variable.name)
            _require_elementwise(variable, changed, tuple(axes))
            new = _draw(model, variable, extended, int(seed), progressbar)
            old = _merged(old, new, axes)
        extended[variable.name] = old.assign_coords(labels)
    return _tree(extended)


class _Axis(NamedTuple):
    """The labels that a dim has now, as PyMC compares them, and where in the trace they stand."""

    labels: np.ndarray
    positions: np.ndarray

    def changed(self, length: int) -> bool:
        return not np.array_equal(self.positions, np.arange(length))


def _posterior_of(trace: Any) -> xr.Dataset:
    if "posterior" in getattr(trace, "children", {}):
        trace = trace["posterior"]
    posterior = trace.to_dataset() if isinstance(trace, xr.DataTree) else trace
    if not isinstance(posterior, xr.Dataset) or not {"chain", "draw"} <= set(posterior.dims):
        raise LabelError(
            "extend_posterior",
            expected="a trace with a group posterior, or its dataset, with dims chain and draw",
            given=f"{type(trace).__name__} with dims {tuple(getattr(posterior, 'dims', ()))}",
            remedy="Keep the dims chain and draw, for instance with .sel(chain=[0]).",
        )
    return posterior


def _draw(
    model: Any, variable: Any, given: xr.Dataset, seed: int, progressbar: bool
) -> xr.DataArray:
    """Draw a variable from its prior, given the posterior draws of its parents."""
    # PyMC counts draws by a variable, and the first one to be drawn has none before it.
    counter = given["chain"] * 0 + given["draw"] * 0
    with model:
        drawn: Any = pm.sample_posterior_predictive(
            _tree(given.assign({_COUNTER: counter})),
            var_names=[variable.name],
            freeze_vars=[str(name) for name in given.data_vars],
            random_seed=seed,
            progressbar=progressbar,
            # Else it returns the data, too, which may still be of the old groups.
            predictions=True,
        )
    return drawn["predictions"][variable.name]  # type: ignore[no-any-return]  # no types


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
    return posterior[name].reset_coords(drop=True)


def _axes_now(model: Any, variable: Any, old: xr.DataArray) -> dict[str, _Axis]:
    """Return the labels that the model has now for each dim of a variable, in its own order."""
    subject = f"extend_posterior: {variable.name}"
    dims = [dim for dim in model.named_vars_to_dims.get(variable.name, ()) if dim is not None]
    in_trace = tuple(str(dim) for dim in old.dims if dim not in ("chain", "draw"))
    if len(dims) < len(in_trace):  # a dim without a name cannot be extended, only stay as it is
        lengths = tuple(int(length) for length in variable.shape.eval(mode="FAST_COMPILE"))
        if lengths != tuple(old.sizes[dim] for dim in in_trace):
            raise LabelError(
                subject,
                expected=f"posterior draws of shape {lengths}, or dims with names",
                given=f"dims {dict(zip(in_trace, old.shape[2:], strict=True))}",
                remedy="Give the variable dims=, so that new elements can be told from old ones.",
            )
        return {}
    if set(dims) != set(in_trace):
        raise LabelError(
            subject,
            expected=f"posterior draws with the dims {tuple(dims)}",
            given=f"dims {old.dims}",
            remedy="Pass the trace of this model.",
        )
    return {dim: _axis(model, dim, old, subject) for dim in dims}


def _axis(model: Any, dim: str, old: xr.DataArray, subject: str) -> _Axis:
    lengths = {dim: int(model.dim_lengths[dim].eval())}
    now = model_index(dim, model.coords, lengths, subject, unique=True)
    before = index_of(old.indexes.get(dim, range(old.sizes[dim])), subject, dim)
    if tuples := [label for label in (*now, *before) if isinstance(label, tuple)]:
        raise LabelError(
            subject,
            expected=f"labels of dim {dim!r} that a trace can hold",
            given=f"the tuples {shown(tuples)}",
            remedy="Join the parts of each label to one text.",
        )
    positions = positions_of(now, before)
    known = set(map(alike, before))
    doubtful = [label for label in now[positions < 0] if alike(label) in known]
    if doubtful:  # to draw them anew would lose the posterior of a group that is known
        raise LabelError(
            subject,
            expected=f"labels of dim {dim!r} of the same type as in the trace, {shown(before)} "
            f"({before.dtype})",
            given=f"{shown(doubtful)} ({now.dtype})",
            remedy=SAME_TYPE,
        )
    labels = model.coords.get(dim)
    return _Axis(np.asarray(now if labels is None else list(labels)), positions)


def _require_elementwise(variable: Any, changed: set[str], dims: tuple[str, ...]) -> None:
    """Refuse what cannot be extended element by element: effects that sum to zero, random walks."""
    node: Any = random_node(variable.owner)
    core = getattr(node.op, "core_op", node.op)
    if isinstance(core, JointVariable):
        joint = {dims[axis] for axis in core.structure.axes}
    elif isinstance(node.op, XRV):
        joint = set(node.op.core_dims[1])
    else:
        together = getattr(node.op, "ndim_supp", 0)
        joint = set(dims[len(dims) - together :]) if together else set()
    if joint & changed:
        raise UnsupportedError(
            f"extend_posterior: {variable.name}",
            expected="variables whose elements are independent given their parents",
            given=f"{node.op}, drawn jointly along {listed(joint & changed)}, which changed",
            remedy="Model the groups with LogNormalExp or another elementwise prior, without "
            "zero_sum=: what an unobserved group is, only a population says.",
        )


def _merged(old: xr.DataArray, new: xr.DataArray, axes: dict[str, _Axis]) -> xr.DataArray:
    """Take the posterior where there is one, and the new draws elsewhere."""
    known = xr.DataArray(True)
    for dim, axis in axes.items():
        old = old.isel({dim: axis.positions.clip(0)})
        known = known & xr.DataArray(axis.positions >= 0, dims=dim)
    old, new = old.drop_vars(axes, errors="ignore"), new.drop_vars(axes, errors="ignore")
    return old.where(known, new).transpose(*old.dims).astype(old.dtype)


def _tree(posterior: xr.Dataset) -> xr.DataTree:
    return xr.DataTree.from_dict({"/posterior": posterior})
