"""Estimates what the data say about each element of a block, from draws and scores: its site.

The *score* of an element is the derivative of the log-likelihood, that is of everything in the
model but the element's own prior, at a draw. Close to its maximum a log-likelihood is quadratic and
its score a falling line; the line's slope is the information, and where it crosses zero is where
the data put the element. A Gaussian likelihood is recovered exactly from two draws.

Where the data determine an element only together with other parameters, the slope along the draws
mixes all of them. The information wanted is the slope at fixed values of the others, as in a
regression on all of them (Frisch & Waugh 1933, Econometrica 1): the others are *controls*. There
are more of them than draws in a large model, so they are taken in an order: first whole variables,
the small ones, which are the hyperparameters and what all groups share; then, for each element, the
elements of other variables that carry the same label, such as the slope of the group whose
intercept it is; then the directions in which everything else varies most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

# Of the draws, the shares that may be spent on what all elements see, and on what each sees.
_SHARED_PER_DRAW = 1 / 4
_MATCHING_PER_DRAW = 1 / 10

# A draw with a larger share of what all draws say about an element is not believed. Of the draws
# of a normal posterior none has more than a tenth.
_OUTLIER = 0.5

# Relative to the size of an element.
_ROUNDING = 1e-10


class Site(NamedTuple):
    """What the data say about a block, two numbers for each element.

    The information is a precision, in 1/theta**2; the weighted location is the information times
    where the data put the element, in 1/theta.
    """

    information: np.ndarray
    weighted_location: np.ndarray


class Draws(NamedTuple):
    """Draws of a variable: ``values`` of shape (draws, ...), with a name for each further axis."""

    values: np.ndarray
    dims: tuple[str, ...]


@dataclass(frozen=True)
class Controls:
    """What is held fixed while the slope of a score is found.

    ``shared`` has orthonormal columns of mean zero. Each of ``matching`` has the shape (draws, ...)
    of the block, some axes perhaps of length one.
    """

    shared: np.ndarray
    matching: tuple[np.ndarray, ...] = ()

    @property
    def count(self) -> int:
        """How many controls each element has."""
        return int(self.shared.shape[1]) + len(self.matching)

    def residuals(self, x: np.ndarray) -> np.ndarray:
        """Return what a regression on the controls leaves of draws of mean zero."""
        left = _without(self.shared, x)
        basis: list[np.ndarray] = []
        for control in self.matching:  # Gram-Schmidt, for all elements at once
            own = _without(self.shared, control - control.mean(axis=0))
            before = np.linalg.norm(own, axis=0)
            for unit in basis:
                own = own - unit * (unit * own).sum(axis=0)
            length = np.linalg.norm(own, axis=0)
            new = length > 1e-6 * before
            unit = np.where(new, own, 0.0) / np.where(new, length, 1.0)
            basis.append(unit)
            left = left - unit * (unit * left).sum(axis=0)
        return left


def site_of(
    theta: np.ndarray,
    score: np.ndarray,
    controls: Controls | None = None,
    pooled: Callable[[np.ndarray], np.ndarray] = np.asarray,
) -> Site:
    """Regress the scores of each element on its draws, at fixed values of the controls.

    ``pooled`` puts means in place of numbers that belong to elements with one slope. The
    information is ``I = max(0, -cov(score, theta) / var(theta))``, the weighted location
    ``mean(score) + I mean(theta)``. Elements that do not move, or only as controls do, or with
    scores that are not finite, get zeros: no information is the safe side. A single draw that makes
    most of a covariance is left out: close to a border of the support a score can be anything.
    """
    usable = np.isfinite(theta).all(axis=0) & np.isfinite(score).all(axis=0)
    theta, score = np.where(usable, theta, 0.0), np.where(usable, score, 0.0)
    deviation = theta - theta.mean(axis=0)
    if controls is not None:
        deviation = controls.residuals(deviation)
    kept = _without_an_outlier(deviation * score)
    mean, mean_score, middle = (
        (kept * x).sum(axis=0) / kept.sum(axis=0) for x in (theta, score, deviation)
    )
    deviation = kept * (deviation - middle)
    variance = pooled((deviation**2).mean(axis=0))
    # Rounding alone leaves less of what the controls determine, or of what never changes.
    moving = usable & (variance > _ROUNDING**2 * (theta**2).mean(axis=0))
    covariance = pooled((deviation * score).mean(axis=0))
    slope = covariance / np.where(moving, variance, 1.0)
    information = np.maximum(0.0, -slope)
    # Without information a mean score would move the coordinate by scale**2, without bound.
    weighted_location = np.where(slope < 0.0, mean_score + information * mean, 0.0)
    return Site(np.where(moving, information, 0.0), np.where(moving, weighted_location, 0.0))


def _without_an_outlier(products: np.ndarray) -> np.ndarray:
    """Return weights of draws: 0 for one that alone makes most of a covariance, else 1."""
    size = np.abs(products)
    lone = size > max(_OUTLIER, 2.0 / len(size)) * size.sum(axis=0)
    return np.asarray(np.where(lone, 0.0, 1.0))


def centeredness(information: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Return ``kappa``, the share of the posterior precision that comes from the data.

    That is the mean over draws of the scale of ``I s**2 / (1 + I s**2)``, in [0, 1]: 0 where
    non-centered is right, 1 where centered is.
    """
    ratio = np.sqrt(information) * scale  # without a square that overflows, or rounds to no share
    return np.asarray(((ratio / np.hypot(1.0, ratio)) ** 2).mean(axis=0))


def controls_of(block: Draws, others: Iterable[Draws], *, directions: bool = True) -> Controls:
    """Choose what to hold fixed for the elements of a block, among everything sampled outside it.

    At most a quarter of the draws are spent on what all elements share and a tenth on what has
    their labels, so that enough is left to find a slope from. The directions in which everything
    else varies most are, in draws that depend on one another, those in which the chains move
    slowly, the block among the rest: a slope does not suffer from that, a variance does, and goes
    without.
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
    return Controls(shared, tuple(matching))


def _aligned(block: Draws, other: Draws) -> np.ndarray | None:
    """Return another variable with the axes of the block, if each of its axes is one of them."""
    if not other.dims or not set(other.dims) <= set(block.dims):
        return None
    if any(len(set(dims)) < len(dims) for dims in (block.dims, other.dims)):
        return None  # the labels of an axis are not enough to tell which of two it is
    for dim, length in zip(other.dims, other.values.shape[1:], strict=True):
        if length != block.values.shape[1 + block.dims.index(dim)]:
            return None  # a value of fewer elements than its variable
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
