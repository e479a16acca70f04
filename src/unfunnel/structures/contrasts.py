"""Orthonormal coordinates of deviations that sum to zero, on numpy arrays.

``K`` numbers that sum to zero lie in a subspace of ``K - 1`` dimensions. The coordinates used here
are those of PyMC's ``ZeroSumTransform``, one Householder reflection along each axis: an isometry,
so that independent normal coordinates of standard deviation ``tau`` are deviations with covariance
``tau**2 (I - J / K)``, and no Jacobian arises.
"""

from __future__ import annotations

import numpy as np


def extended(coordinates: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return the deviations that have these coordinates.

    Parameters
    ----------
    coordinates : ndarray
        Any shape; one element less than there are deviations along each of ``axes``.
    axes : tuple of int
        Along which the deviations sum to zero.

    Returns
    -------
    ndarray
        One element more along each of ``axes``.

    Examples
    --------
    >>> import numpy as np
    >>> from unfunnel.structures.contrasts import contracted, extended
    >>> deviations = extended(np.array([3.0, 4.0]), (0,))
    >>> bool(abs(deviations.sum()) < 1e-12), round(float(np.sum(deviations**2)), 12)
    (True, 25.0)
    >>> contracted(deviations, (0,)).round(12)
    array([3., 4.])
    """
    for axis in axes:
        root = np.sqrt(coordinates.shape[axis] + 1.0)
        total = coordinates.sum(axis=axis, keepdims=True)
        shift = total / (root + root**2)
        coordinates = np.concatenate([coordinates, shift - total / root], axis=axis) - shift
    return coordinates


def contracted(deviations: np.ndarray, axes: tuple[int, ...]) -> np.ndarray:
    """Return the coordinates of deviations, the inverse of :func:`extended`.

    Parameters
    ----------
    deviations : ndarray
        What sums to zero along each of ``axes``.
    axes : tuple of int
        These axes.
    """
    for axis in axes:
        root = np.sqrt(float(deviations.shape[axis]))
        last = np.take(deviations, [-1], axis=axis)
        deviations = np.delete(deviations, -1, axis=axis) - last * root / (root + root**2)
    return deviations
