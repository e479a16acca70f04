"""Constants with axes, aligned with a model's coords: by label where there are labels.

Labelled arrays (xarray) may come in any order of dims and labels and may hold more labels than the
model; a label that the model has and the array lacks is refused. Unlabelled arrays follow the rule
of PyMC and numpy: the last axis belongs to the last dim.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from xarray import DataArray

from unfunnel.errors import DimsError, LabelError, listed, shown

Coords = Mapping[str, Sequence[Any] | None]


@dataclass(frozen=True)
class AlignedArray:
    """A constant whose axes are named.

    Parameters
    ----------
    values : ndarray
        One axis for each of ``dims``.
    dims : tuple of str
        In the order of the prior's own dims.
    fixed : dict of str to int
        Dims to whose present length and labels the values are tied.
    """

    values: np.ndarray
    dims: tuple[str, ...]
    fixed: dict[str, int] = field(default_factory=dict)


def align_array(
    value: np.ndarray | DataArray,
    dims: tuple[str, ...],
    coords: Coords,
    lengths: Mapping[str, int],
    subject: str,
    *,
    exact: bool = False,
) -> AlignedArray:
    """Align a constant with the coords of a model.

    Parameters
    ----------
    value : ndarray or DataArray
        The constant.
    dims : tuple of str
        The declared dims of the prior.
    coords : mapping
        Labels of each dim, or None for a dim without labels.
    lengths : mapping
        Present length of each dim.
    subject : str
        What the constant is, for messages: ``"beta: mu"``.
    exact : bool, default False
        Refuse labels that the model does not have, as data must not be dropped.

    Returns
    -------
    AlignedArray
        The values, transposed to the order of ``dims`` and reordered to the model's labels.

    Raises
    ------
    DimsError
        If the array has a dim that is not declared, or more axes than there are dims.
    LabelError
        If labels or lengths do not match.
    """
    if isinstance(value, DataArray):
        return _align_labelled(value, dims, coords, lengths, subject, exact)
    return _align_positional(np.asarray(value), dims, lengths, subject)


def _align_positional(
    values: np.ndarray, dims: tuple[str, ...], lengths: Mapping[str, int], subject: str
) -> AlignedArray:
    if values.ndim > len(dims):
        raise DimsError(
            subject,
            expected=f"an array with at most {len(dims)} axes, one for each of the dims {dims}",
            given=f"shape {values.shape}",
            remedy="Declare the missing dims, or pass a DataArray with named dims.",
        )
    axes = dims[len(dims) - values.ndim :]
    for dim, length in zip(axes, values.shape, strict=True):
        if length not in (1, lengths[dim]):
            raise LabelError(
                subject,
                expected=f"length {lengths[dim]} along dim {dim!r}",
                given=f"shape {values.shape} for the dims {axes}",
                remedy="Arrays without labels are read with their last axis along the last dim; "
                "pass a DataArray to name the axes.",
            )
    fixed = {d: n for d, n in zip(axes, values.shape, strict=True) if n == lengths[d]}
    # An axis of length one broadcasts, as everywhere in numpy.
    kept = tuple(i for i, n in enumerate(values.shape) if n != 1)
    squeezed = values.reshape([values.shape[i] for i in kept])
    return AlignedArray(squeezed, tuple(axes[i] for i in kept), fixed)


def _align_labelled(
    array: DataArray,
    dims: tuple[str, ...],
    coords: Coords,
    lengths: Mapping[str, int],
    subject: str,
    exact: bool,
) -> AlignedArray:
    unknown = [str(dim) for dim in array.dims if dim not in dims]
    if unknown:
        raise DimsError(
            subject,
            expected=f"dims among {dims}",
            given=f"a DataArray with dims {array.dims}",
            remedy=f"Declare {listed(unknown)} in dims=, or drop it from the array.",
        )
    order = tuple(dim for dim in dims if dim in array.dims)
    array = array.transpose(*order)
    values = np.asarray(array.values)
    for axis, dim in enumerate(order):
        labels = array.indexes.get(dim)
        found = None if labels is None else pd.Index(labels)
        positions = _positions(found, len(array[dim]), dim, coords, lengths, subject, exact)
        values = np.take(values, positions, axis=axis)
    return AlignedArray(values, order, {dim: lengths[dim] for dim in order})


def _positions(
    found: pd.Index | None,
    size: int,
    dim: str,
    coords: Coords,
    lengths: Mapping[str, int],
    subject: str,
    exact: bool,
) -> np.ndarray:
    """Return where in the array each label of the model stands."""
    if found is None:
        if size != lengths[dim]:
            raise LabelError(
                subject,
                expected=f"length {lengths[dim]} along dim {dim!r}",
                given=f"{size} values without labels",
                remedy="Give the DataArray coords, so that its values can be matched by label.",
            )
        return np.arange(size)
    wanted = model_labels(dim, coords, lengths, found)
    if not found.is_unique:
        raise LabelError(
            subject,
            expected=f"unique labels along dim {dim!r}",
            given=f"repeated labels {shown(found[found.duplicated()].unique())}",
        )
    positions = found.get_indexer(wanted)
    if (positions < 0).any():
        raise LabelError(
            subject,
            expected=f"a value for each label of dim {dim!r}, which has {shown(wanted)} "
            f"({wanted.dtype})",
            given=f"no value for {shown(wanted[positions < 0])} among the labels {shown(found)} "
            f"({found.dtype})",
            remedy="Labels are compared with their types: 1 and '1' differ.",
        )
    if exact and len(found) != len(wanted):
        raise LabelError(
            subject,
            expected=f"the labels of dim {dim!r} and no others: {shown(wanted)}",
            given=f"also {shown(found.difference(wanted))}",
        )
    return np.asarray(positions)


def model_labels(dim: str, coords: Coords, lengths: Mapping[str, int], found: pd.Index) -> pd.Index:
    """Return the labels of a dim, as dates where those that are looked for are dates."""
    labels = coords.get(dim)
    # PyMC labels a dim without coords 0, 1, 2, ... in its traces; so do we.
    wanted = pd.RangeIndex(lengths[dim]) if labels is None else pd.Index(list(labels))
    if isinstance(found, pd.DatetimeIndex) and not isinstance(wanted, pd.DatetimeIndex):
        try:
            return pd.DatetimeIndex(wanted) if labels is not None else wanted
        except ValueError:
            return wanted  # no dates: nothing will match, which is reported with both labels
    return wanted


def registered_dims(model: Any, tensor: Any) -> tuple[str, ...] | None:
    """Return the dims under which a model, or one that it is part of, knows a variable."""
    while model is not None:
        if model.named_vars.get(tensor.name) is tensor:
            dims = model.named_vars_to_dims.get(tensor.name)
            return None if dims is None or None in dims else tuple(dims)
        model = model.parent
    return None
