"""What the score of an element may depend on beside the element itself, held fixed by regression.

Where the data determine an element only together with other parameters, the slope of its score
along the draws mixes all of them. The information wanted is the slope at fixed values of the
others, as in a regression on all of them. There are more of them than draws in a large model, so
they are taken in an order: first whole variables, the small ones, which are the hyperparameters and
what all groups share; then, for each element, the elements of other variables that carry the same
label, such as the slope of the group whose intercept it is; then the directions in which everything
else varies most.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# Of the draws, the shares that may be spent on what all elements see, and on what each sees.
_SHARED_PER_DRAW = 1 / 4
_MATCHING_PER_DRAW = 1 / 10


class Draws(NamedTuple):
    """Draws of a variable: ``values`` of shape (draws, ...), with a name for each further axis."""

    values: np.ndarray
    dims: tuple[str, ...]


@dataclass(frozen=True)
class Regressors:
    """What is held fixed.

    Parameters
    ----------
    shared : ndarray, shape (draws, k)
        Orthonormal columns of mean zero.
    matching : tuple of ndarray, each of shape (draws, ...)
        Behind the draws the axes of the block, some of them perhaps of length one.
    """

    shared: np.ndarray
    matching: tuple[np.ndarray, ...] = ()

    @property
    def count(self) -> int:
        """How many regressors each element has."""
        return int(self.shared.shape[1]) + len(self.matching)

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Return what a regression on them leaves of ``x``.

        Parameters
        ----------
        x : ndarray, shape (draws, ...)
            Draws of the block, of mean zero.
        """
        left = _without(self.shared, x)
        basis: list[np.ndarray] = []
        for regressor in self.matching:  # Gram-Schmidt, for all elements at once
            own = _without(self.shared, regressor - regressor.mean(axis=0))
            before = np.linalg.norm(own, axis=0)
            for unit in basis:
                own = own - unit * (unit * own).sum(axis=0)
            length = np.linalg.norm(own, axis=0)
            new = length > 1e-6 * before
            unit = np.where(new, own, 0.0) / np.where(new, length, 1.0)
            basis.append(unit)
            left = left - unit * (unit * left).sum(axis=0)
        return left


def no_regressors(draws: int) -> Regressors:
    """Return none, for a regression on the element alone."""
    return Regressors(np.zeros((draws, 0)))


def regressors(block: Draws, others: Iterable[Draws], *, directions: bool = True) -> Regressors:
    """Choose what to hold fixed for the elements of a block.

    Parameters
    ----------
    block : Draws
        The block.
    others : iterable of Draws
        Everything sampled outside it.
    directions : bool, default True
        Whether to add those in which everything else varies most. In draws that depend on one
        another they are those in which the chains move slowly, the block among the rest: a slope
        does not suffer from that, a variance does.

    Returns
    -------
    Regressors
        At most a quarter of the draws are spent on what all elements share and a tenth on what has
        their labels, so that enough is left to find a slope from.

    Examples
    --------
    >>> import numpy as np
    >>> from unfunnel.tuning.regressors import Draws, regressors
    >>> rng = np.random.default_rng(1)
    >>> intercept, slope = (Draws(rng.normal(size=(40, 300)), ("shop",)) for _ in range(2))
    >>> found = regressors(intercept, [slope, Draws(rng.normal(size=40), ())])
    >>> found.shared.shape, found.matching[0].shape
    ((40, 10), (40, 300))
    """
    number = len(block.values)
    room = int(number * _SHARED_PER_DRAW)
    whole: list[np.ndarray] = []
    rest: list[Draws] = []
    for other in sorted(others, key=lambda x: x.values.size):
        columns = _standardized(other.values.reshape(number, -1))
        if columns.shape[1] <= room:
            whole.append(columns)
            room -= columns.shape[1]
        else:
            rest.append(other)
    shared = _orthonormal(np.concatenate([np.zeros((number, 0)), *whole], axis=1))
    if directions:
        left_over = [_standardized(other.values.reshape(number, -1)) for other in rest]
        shared = np.concatenate([shared, _strongest(shared, left_over, room)], axis=1)
    aligned = (_aligned(block, other) for other in rest)
    matching = [x for x in aligned if x is not None][: int(number * _MATCHING_PER_DRAW)]
    return Regressors(shared, tuple(matching))


def _aligned(block: Draws, other: Draws) -> np.ndarray | None:
    """Return another variable with the axes of the block, if each of its axes is one of them."""
    if not other.dims or not set(other.dims) <= set(block.dims):
        return None
    if any(len(set(dims)) < len(dims) for dims in (block.dims, other.dims)):
        return None  # the labels of an axis are not enough to tell which of two it is
    for dim, length in zip(other.dims, other.values.shape[1:], strict=True):
        if length != block.values.shape[1 + block.dims.index(dim)]:
            return None  # a value of fewer elements than its variable, such as one that sums to 0
    order = sorted(range(len(other.dims)), key=lambda i: block.dims.index(other.dims[i]))
    values = other.values.transpose(0, *(1 + i for i in order))
    absent = [1 + i for i, dim in enumerate(block.dims) if dim not in other.dims]
    return np.expand_dims(values, absent)


def _standardized(columns: np.ndarray) -> np.ndarray:
    """Return the columns that vary, with mean 0 and standard deviation 1."""
    centered = columns - columns.mean(axis=0)
    spread = centered.std(axis=0)
    moving = np.isfinite(spread) & (spread > 0.0)
    return np.asarray(centered[:, moving] / spread[moving])


def _orthonormal(columns: np.ndarray) -> np.ndarray:
    left, strength, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(left[:, strength > 1e-6 * strength.max(initial=0.0)])


def _strongest(shared: np.ndarray, left_over: list[np.ndarray], room: int) -> np.ndarray:
    """Return the directions in which the columns vary most beside the shared ones."""
    number = len(shared)
    gram = np.zeros((number, number))  # small, however many columns there are
    for columns in left_over:
        beside = _without(shared, columns)
        gram += beside @ beside.T
    strength, left = np.linalg.eigh(gram)
    first = np.argsort(strength)[::-1][:room]
    return np.asarray(left[:, first[strength[first] > 1e-12 * strength.max(initial=0.0)]])


def _without(basis: np.ndarray, x: np.ndarray) -> np.ndarray:
    flat = x.reshape(len(x), -1)
    return np.asarray(flat - basis @ (basis.T @ flat)).reshape(x.shape)
