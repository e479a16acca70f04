"""Labels of dims: matched by what they mean, and constants aligned with those of a model.

Labelled arrays (xarray) may come in any order of dims and labels and may hold more labels than the
model; a label that the model has and the array lacks is refused. Unlabelled arrays follow the rule
of PyMC and numpy: the last axis belongs to the last dim.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
from xarray import DataArray

from unfunnel.errors import DimsError, LabelError, listed, shown

Coords = Mapping[str, Sequence[Any] | None]

SAME_TYPE = "Labels are compared with their types: 1 and '1' differ."


def index_of(labels: Iterable[Any], subject: str, dim: str, *, unique: bool = True) -> pd.Index:
    """Return labels as an index, dates of any kind as dates.

    Labels that are there twice are refused where ``unique``.
    """
    index = pd.Index(list(labels), tupleize_cols=False)
    if index.inferred_type == "date":
        index = pd.DatetimeIndex(index)
    if unique and not index.is_unique:
        raise LabelError(
            subject,
            expected=f"unique labels along dim {dim!r}",
            given=f"repeated labels {shown(index[index.duplicated()].unique())}",
        )
    return index


def model_index(
    dim: str, coords: Coords, lengths: Mapping[str, int], subject: str, *, unique: bool = False
) -> pd.Index:
    """Return the labels of a dim of a model; PyMC labels one without coords 0, 1, 2, ..."""
    labels = coords.get(dim)
    return index_of(range(lengths[dim]) if labels is None else labels, subject, dim, unique=unique)


def positions_of(wanted: pd.Index, known: pd.Index) -> np.ndarray:
    """Return where among the known labels each wanted one stands; -1 where it does not.

    Dates are found among texts of dates, and texts among labels that a trace would hold as texts.
    """
    wanted, known = _both_as_dates(wanted, known)
    positions = np.asarray(known.get_indexer(wanted))
    texts, known_texts = _as_in_traces(wanted), _as_in_traces(known)
    if (positions < 0).any() and texts.is_unique and known_texts.is_unique:
        positions = np.where(positions < 0, known_texts.get_indexer(texts), positions)
    return positions


def alike(label: Any) -> Any:
    """Return what labels have in common that read the same but are of different types."""
    if isinstance(label, datetime):
        naive = label.astimezone(UTC).replace(tzinfo=None) if label.tzinfo else label
        return pd.Timestamp(naive).isoformat()
    try:
        return float(label)
    except (TypeError, ValueError):
        pass
    try:
        return alike(datetime.fromisoformat(str(label)))
    except ValueError:
        return str(label)


def _as_in_traces(index: pd.Index) -> pd.Index:
    """Return labels as a trace holds them: numpy makes texts of numbers among texts."""
    values = np.asarray(index.tolist())
    return pd.Index(values.tolist()) if values.dtype.kind == "U" and values.ndim == 1 else index


def _both_as_dates(wanted: pd.Index, known: pd.Index) -> tuple[pd.Index, pd.Index]:
    dates = [isinstance(index, pd.DatetimeIndex) for index in (wanted, known)]
    texts = wanted if dates[1] else known
    if sum(dates) == 1 and texts.inferred_type == "string":
        try:
            parsed = pd.DatetimeIndex(texts)
        except ValueError:
            return wanted, known  # no dates: nothing matches
        return (parsed, known) if dates[1] else (wanted, parsed)
    return wanted, known


@dataclass(frozen=True)
class AlignedArray:
    """A constant with one named axis for each of ``dims``, in the order of the prior's own dims.

    ``fixed`` holds the dims to whose present length and labels the values are tied.
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
    """Align a constant with the labels and present lengths of the declared dims.

    With ``exact`` labels that the model does not have are refused, as data must not be dropped.
    """
    if not isinstance(value, DataArray):
        return _by_position(np.asarray(value), dims, lengths, subject)
    unknown = [str(dim) for dim in value.dims if dim not in dims]
    if unknown:
        raise DimsError(
            subject,
            expected=f"dims among {dims}",
            given=f"a DataArray with dims {value.dims}",
            remedy=f"Declare {listed(unknown)} in dims=, or drop it from the array.",
        )
    order = tuple(dim for dim in dims if dim in value.dims)
    values = np.asarray(value.transpose(*order).values)
    for axis, dim in enumerate(order):
        if dim in value.indexes:
            wanted = model_index(dim, coords, lengths, subject)
            known = index_of(value.indexes[dim], subject, dim)
            places = _all_positions(wanted, known, dim, subject, exact)
            values = np.take(values, places, axis=axis)
        elif value.sizes[dim] != lengths[dim]:
            raise LabelError(
                subject,
                expected=f"length {lengths[dim]} along dim {dim!r}",
                given=f"{value.sizes[dim]} values without labels",
                remedy="Give the DataArray coords, so that its values can be matched by label.",
            )
    return AlignedArray(values, order, {dim: lengths[dim] for dim in order})


def _by_position(
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
    once = tuple(axis for axis, length in enumerate(values.shape) if length == 1)
    kept = tuple(dim for dim, length in zip(axes, values.shape, strict=True) if length != 1)
    return AlignedArray(values.squeeze(once), kept, fixed)


def _all_positions(
    wanted: pd.Index, known: pd.Index, dim: str, subject: str, exact: bool
) -> np.ndarray:
    """Return where in the array each label of the model stands; every one must be there."""
    positions = positions_of(wanted, known)
    if (positions < 0).any():
        raise LabelError(
            subject,
            expected=f"a value for each label of dim {dim!r}, which has {shown(wanted)} "
            f"({wanted.dtype})",
            given=f"no value for {shown(wanted[positions < 0])} among the labels {shown(known)} "
            f"({known.dtype})",
            remedy=SAME_TYPE,
        )
    if exact and len(known) != len(wanted):
        extra = known.delete(np.unique(positions))
        raise LabelError(
            subject,
            expected=f"the labels of dim {dim!r} and no others: {shown(wanted)}",
            given=f"also {shown(extra)}",
        )
    return positions


def registered_dims(model: Any, tensor: Any) -> tuple[str, ...] | None:
    """Return the dims under which a model, or one that it is part of, knows a variable."""
    while model is not None:
        if model.named_vars.get(tensor.name) is tensor:
            dims = model.named_vars_to_dims.get(tensor.name)
            return None if dims is None or None in dims else tuple(dims)
        model = model.parent
    return None
