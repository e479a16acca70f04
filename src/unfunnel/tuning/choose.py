"""Chooses parameterizations and adaptation by what they would leave to the sampler.

Non-centered, centered and informed are one compiled function with other site parameters. So they
can be compared before anything is sampled: the draws of the pilot are the same points of the model
in each of them, and the gradients there, one each, say how far the density is from a normal one
that the adaptation of the sampler whitens. That distance is the Fisher divergence, which nutpie
minimizes when it adapts (Seyboldt, Carlson & Carpenter 2024, "Preconditioning Hamiltonian Monte
Carlo by minimizing Fisher divergence").
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np

from unfunnel.tuning.compiled import Coordinates, in_coordinates
from unfunnel.tuning.estimate import Site
from unfunnel.tuning.rounds import Round
from unfunnel.tuning.scores import BlockDraws, Scores

#: Variances of whitened directions further than this factor from one are corrected. nutpie's
#: default of 2 leaves the correlations of hyperparameters as they are.
LOW_RANK: dict[str, Any] = {"adaptation": "low_rank", "mass_matrix_eigval_cutoff": 1.25}

# Beyond, estimating directions in all dimensions from a few hundred draws takes longer than
# sampling, and misleads.
_MOST_DIMENSIONS = 100

# The warm-up. In tuned coordinates, where directions stay what they are from one end of the
# posterior to the other, low rank needs no more than nutpie's diagonal adaptation.
_TUNE = 400

# From here on a posterior is hard in every form that is known: adapt for longer, step shorter.
_HARD = 1.0
CAREFULLY: dict[str, Any] = {"num_tune": 1000, "target_accept": 0.95}

# A fixed form is taken where it leaves less than this share of what the informed one leaves.
_CLEARLY = 0.8

# More blocks are not tried one by one.
_MOST_BLOCKS = 4

# Up to this precision, in units of the prior's, centered is centered. Where the scale is much
# smaller than usual it is not, and has no funnel there.
_CENTERED = 1e4
_SMALLEST_SCALE = 1e-100

# The low-rank adaptation is taken where it leaves less than this share of what the diagonal one
# leaves, in draws that it has not seen. It costs time of its own.
_LOW_RANK_PAYS = 0.95

_FOLDS = 4


@dataclass(frozen=True)
class Choice:
    """The best coordinates, and what is left to the sampler under either adaptation.

    ``diagonal`` and ``low_rank`` are Fisher divergences by dimension: below 0.15 sampling is as
    good as it gets, above 3 it is in trouble. ``fixed`` are the blocks for which the informed form
    was not the best; ``gradients`` counts the evaluations.
    """

    coordinates: Coordinates
    fixed: frozenset[str]
    diagonal: float
    low_rank: float
    gradients: int

    @property
    def low_rank_pays(self) -> bool:
        """Whether correlations remain that the low-rank adaptation removes."""
        return self.low_rank < _LOW_RANK_PAYS * self.diagonal

    @property
    def left(self) -> float:
        """What the better adaptation leaves."""
        return self.low_rank if self.low_rank_pays else self.diagonal

    def options(self, dimensions: int) -> dict[str, Any]:
        """Return the options of ``nutpie.sample`` that suit a model in these coordinates.

        ``num_tune`` is the older name of ``tune``, which it gives way to.
        """
        low_rank = dimensions <= _MOST_DIMENSIONS and self.low_rank_pays
        adaptation = LOW_RANK if low_rank else {"adaptation": "diag"}
        return adaptation | (CAREFULLY if self.left > _HARD else {"num_tune": _TUNE})


def choose(compiled: Any, scores: Scores, found: Round, informed: Coordinates) -> Choice:
    """Choose the form of each block: informed, non-centered or centered.

    All blocks have one form at first, as the best form of one depends on that of the others where
    they share data; then each is tried in another.
    """
    evaluated = 0

    def density(here: Coordinates, every: int = 1) -> tuple[np.ndarray, np.ndarray]:
        nonlocal evaluated
        points = scores.moved(found.draws, found.at, here)[::every]
        evaluated += len(points)
        return whitened(points, density_at(in_coordinates(compiled, scores.plan, here), points)[1])

    best = Coordinates(informed.sites)
    least = divergence(*density(best, 2))

    def consider(here: Coordinates) -> None:
        nonlocal best, least
        left = divergence(*density(here, 2))
        if left < _CLEARLY * least:
            best, least = here, left

    if informed.locations:
        consider(informed)
    blocks = found.at.blocks
    fixed = [{x.block.name: form(x) for x in blocks} for form in (_noncentered, _centered)]
    for sites in fixed:
        consider(Coordinates(sites))
    if 1 < len(blocks) <= _MOST_BLOCKS:
        for name in best.sites:
            for site in (form[name] for form in (informed.sites, *fixed)):
                if site is not best.sites[name]:
                    consider(replace(best, sites=best.sites | {name: site}))
    points, gradients = density(best)
    low_rank = divergence_after_low_rank(points, gradients)
    other = frozenset(x for x, site in best.sites.items() if site is not informed.sites[x])
    return Choice(best, other, divergence(points, gradients), low_rank, evaluated)


def density_at(compiled: Any, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the log density of a compiled model, and its gradient, at each of several points."""
    function = compiled.logp_func
    data = [compiled.shared_data[compiled.shared_var_keys[x]] for x in function.get_shared()]
    values = [function.vm.jit_fn(point, *data) for point in points]
    return np.array([float(x) for x, _ in values]), np.stack([gradient for _, gradient in values])


def whitened(points: np.ndarray, gradients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return points and gradients in the diagonal scaling that suits them, dimensions that move."""
    spread, pull = points.std(axis=0), gradients.std(axis=0)
    moving = (spread > 0.0) & (pull > 0.0)
    size = np.sqrt(spread[moving] / pull[moving])
    centered = points[:, moving] - points[:, moving].mean(axis=0)
    return centered / size, gradients[:, moving] * size


def divergence(points: np.ndarray, gradients: np.ndarray) -> float:
    """Return the mean squared distance of gradients to those of a standard normal density."""
    return float(((points + gradients) ** 2).mean()) if points.size else 0.0


def divergence_after_low_rank(points: np.ndarray, gradients: np.ndarray) -> float:
    """Return the divergence that is left after a low-rank scaling that other draws were used for.

    Draws next to each other are alike, so that folds are contiguous.
    """
    bounds = np.linspace(0, len(points), _FOLDS + 1).astype(int)
    left = []
    for start, stop in pairwise(bounds):
        own = np.arange(start, stop)
        others = np.delete(np.arange(len(points)), own)
        directions, size = _low_rank(points[others], gradients[others])
        along = points[own] @ directions, gradients[own] @ directions
        left.append(
            divergence(
                points[own] + (along[0] / size - along[0]) @ directions.T,
                gradients[own] + (along[1] * size - along[1]) @ directions.T,
            )
        )
    return float(np.mean(left))


def _low_rank(points: np.ndarray, gradients: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the directions that nutpie would correct, in columns, and their sizes.

    Their covariance is the geometric mean of that of the points and the inverse of that of the
    gradients, within the span of both; it maps the one to the other.
    """
    rows = np.concatenate([points, gradients])
    _left, strength, span = np.linalg.svd(rows, full_matrices=False)
    span = span[strength > 1e-10 * strength.max(initial=0.0)].T
    of_points, of_gradients = (_covariance(x @ span) for x in (points, gradients))
    root = _power(of_gradients, 0.5)
    inverse = _power(of_gradients, -0.5)
    variance, axes = np.linalg.eigh(inverse @ _power(root @ of_points @ root, 0.5) @ inverse)
    cutoff = LOW_RANK["mass_matrix_eigval_cutoff"]
    corrected = (variance > cutoff) | (variance < 1.0 / cutoff)
    return span @ axes[:, corrected], np.sqrt(variance[corrected])


def _covariance(x: np.ndarray) -> np.ndarray:
    # Of few draws some directions have no variance; nutpie regularizes in the same way.
    return np.asarray(x.T @ x / len(x) + 1e-5 * np.eye(x.shape[1]))


def _power(matrix: np.ndarray, exponent: float) -> np.ndarray:
    values, axes = np.linalg.eigh(matrix)
    return np.asarray((axes * np.maximum(values, 1e-12) ** exponent) @ axes.T)


def _noncentered(x: BlockDraws) -> Site:
    zero = np.zeros(x.theta.shape[1:])
    return Site(zero, zero)


def _centered(x: BlockDraws) -> Site:
    mean = x.theta.mean(axis=0)
    scale = np.maximum(np.median(x.scale, axis=0), _SMALLEST_SCALE)
    information = np.broadcast_to(_CENTERED / scale**2, mean.shape)
    information = x.block.structure.pooled(information)
    return Site(information, information * mean)
