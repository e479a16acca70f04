"""In which coordinate the sampler sees a scale hyperparameter, such as the ``sigma`` of a prior.

PyMC samples a positive variable on the log scale. Where data say little about a scale, its
posterior reaches down to zero with a density that does not vanish, and ``log sigma`` has a long
left tail in which nothing happens. Here the variable is, with ``a`` and ``k`` constants::

    sigma = a * sinh(softplus(v) / k)

Far below the prior's median this is the logarithm of PyMC. Around it ``sigma`` is linear in ``v``,
so that the left tail is short against the bulk. Above it is a logarithm again, ``k`` times wider,
which heavy-tailed priors need. ``a`` is a multiple of the prior's own median: the same prior in
other units has the same geometry, and nothing depends on a draw. After a pilot, ``a`` is stretched:
to the same multiple of the posterior's median, or without bound, which is the logarithm again; see
:mod:`unfunnel.tuning.blocks`. The model does not change, only the value variable does, which is
called ``{name}_softplus__``.

Typical numbers of a model, such as a median, are those with every hyperparameter at its starting
point: they depend on priors and present data, and on no draw.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pymc as pm
import pytensor
import pytensor.tensor as pt
from pymc.dims.distributions.transforms import LogTransform as DimLogTransform
from pymc.initial_point import make_initial_point_expression
from pymc.logprob.transforms import LogTransform, Transform
from pymc.pytensorf import rvs_in_graph
from pymc.util import UNSET
from pytensor.compile.mode import Mode
from pytensor.compile.sharedvalue import SharedVariable
from pytensor.graph.basic import Variable
from pytensor.graph.replace import clone_replace
from pytensor.graph.traversal import ancestors
from pytensor.tensor.random.type import RandomType
from pytensor.xtensor import as_xtensor
from pytensor.xtensor.type import XTensorType

from unfunnel.parameterization.graph_ops import as_float
from unfunnel.parameterization.transforms import Node, TensorTransform, labelled_like

# Measured over nine priors and seven kinds of data: within 20 % of the best form for each pair,
# where the logarithm loses up to half and softplus alone, under heavy tails, up to three quarters.
# The width is no sharp choice. Under five priors, on weak and on mixed data, 0.18 and 0.35 are as
# good; 0.18 diverges more often on weak data.
_WIDTH = 0.25  # of the prior's median: linear from here
_KNEE = 3.0  # of the width: logarithmic from here

# Elements whose medians differ by more share no width; the logarithm needs none.
_LARGEST_RATIO = 10.0

_TINY = float(np.finfo(float).tiny)

# Where a prior has no quantile function.
_DRAWS = 1000
_SEED = 20240229

#: For what is evaluated once, while a model is built: compiling it would take longer.
PYTHON = Mode(linker="py", optimizer="minimum_compile")


class SoftplusTransform(TensorTransform):
    """The value transform ``sigma = width * knee * sinh(softplus(v) / knee)`` of a tensor variable.

    It is logarithmic below the width, linear from there to the knee (in units of the width), and
    logarithmic above. ``log_stretch`` is the logarithm ``l`` of what the width is multiplied with;
    the value is then ``v - l``, so that 0 stays an ordinary value.
    """

    name = "softplus"

    def __init__(self, width: float, knee: float = _KNEE, log_stretch: Any = 0.0) -> None:
        self.width = float(width)
        self.knee = float(knee)
        self.log_stretch = log_stretch

    def stretched(self, log_stretch: Any) -> SoftplusTransform:
        """Return the same transform with this stretch in place of its own."""
        return SoftplusTransform(self.width, self.knee, log_stretch)

    def to_variable(self, value: Any, *parameters: Any) -> Any:
        return self._size() * pt.sinh(self._angle(value))

    def to_sampled(self, value: Any, *parameters: Any) -> Any:
        positive = as_float(self.knee) * pt.arcsinh(value / self._size())
        return positive + pt.log(-pt.expm1(-positive)) + as_float(self.log_stretch)

    def log_slope(self, value: Any, *parameters: Any) -> Any:
        angle = self._angle(value)
        log_cosh = angle + pt.softplus(-2.0 * angle) - as_float(np.log(2.0))
        log_width = as_float(np.log(self.width)) + as_float(self.log_stretch)
        return log_width + log_cosh - pt.softplus(as_float(self.log_stretch) - value)

    def log_stretch_for(self, value: float) -> float:
        """Return the stretch with which the width is the usual share of an unstretched value."""
        angle = np.logaddexp(0.0, value) / self.knee
        log_sinh = angle + np.log(max(-np.expm1(-2.0 * angle), _TINY)) - np.log(2.0)
        return float(np.log(_WIDTH * self.knee) + log_sinh)

    def _angle(self, value: Any) -> Any:
        return pt.softplus(value - as_float(self.log_stretch)) / as_float(self.knee)

    def _size(self) -> Any:
        return as_float(self.width * self.knee) * pt.exp(as_float(self.log_stretch))


def use_scale_transform(model: Any, variable: Any) -> None:
    """Sample a scale hyperparameter through :func:`scale_transform`, if it is one and that fits.

    ``variable`` may be anything; what is no free variable of the model on the context stack is left
    alone.
    """
    if not isinstance(variable, Variable) or variable not in model.free_RVs:
        return
    transform = scale_transform(variable)
    if transform is None:
        return
    use_transform(model, variable, transform)


def use_transform(model: Any, variable: Any, transform: Transform) -> None:
    """Give a free variable of the model on the context stack another value transform."""
    before = model.rvs_to_values[variable]
    for each in {id(m): m for m in (model, model.root)}.values():
        each.values_to_rvs.pop(before, None)
    model.create_value_var(variable, default_transform=transform, transform=UNSET)


def scale_transform(rv: Node) -> Transform | None:
    """Return the value transform for a scale hyperparameter of the model on the context stack.

    None where the default transform should stay: it is not the logarithm; no median is known; or
    the elements of the variable are of such different sizes that no single width serves them. There
    is one width, not one for each element, as a dim may be resized later.
    """
    model: Any = pm.modelcontext(None)
    default = model.rvs_to_transforms.get(rv)
    if not isinstance(default, LogTransform | DimLogTransform):
        return None
    medians = prior_medians(rv)
    if medians is None or not medians.size or not (np.isfinite(medians) & (medians > 0)).all():
        return None
    if medians.max() > _LARGEST_RATIO * medians.min():
        return None
    inner = SoftplusTransform(_WIDTH * float(np.median(medians)))
    transform: Transform = labelled_like(default, inner)
    return transform


def prior_medians(rv: Node) -> np.ndarray | None:
    """Return the median of each element of a random variable, in one axis; None if it has none.

    The medians are exact where PyMC has a quantile function, and those of draws with a fixed seed
    elsewhere. An improper prior, or one with invalid parameters, has none.
    """
    (variable,) = at_start([rv], kept=rv)
    try:
        try:
            medians = _exact_medians(variable)
        except NotImplementedError:
            medians = _medians_of_draws(variable)
    except (NotImplementedError, ValueError):
        return None
    return np.asarray(medians, dtype=float).ravel()


def _exact_medians(variable: Any) -> Any:
    labelled = isinstance(variable.type, XTensorType)
    half: Any = pt.as_tensor(0.5, dtype=variable.type.dtype)
    half = as_xtensor(half, dims=()) if labelled else half
    quantile: Any = pm.icdf(variable, half, warn_rvs=False)
    quantile = quantile.values if labelled else quantile
    if rvs_in_graph([quantile]):
        raise NotImplementedError("A parent has no starting point.")
    return quantile.eval(mode=PYTHON)


def _medians_of_draws(variable: Any) -> Any:
    # The generators of the model keep their states.
    generators: dict[Node, Node] = {
        x: pytensor.shared(np.random.default_rng(_SEED))
        for x in ancestors([variable])
        if isinstance(x, SharedVariable) and isinstance(x.type, RandomType)
    }
    (variable,) = clone_replace([variable], replace=generators)
    draws = pm.draw(variable, _DRAWS, random_seed=_SEED, mode=PYTHON)
    return np.median(draws, axis=0)


def reference_point(location: Any, scale: Any) -> tuple[float, float]:
    """Return medians over the elements of location and scale at the start; 0 and 1 if unknown."""
    expressions = at_start([location, scale])
    if rvs_in_graph(expressions):  # a draw would differ every time
        return 0.0, 1.0
    values = [np.asarray(x.eval(mode=PYTHON)) for x in expressions]
    if not all(x.size and np.isfinite(np.median(x)) for x in values):
        return 0.0, 1.0
    location, scale = (float(np.median(x)) for x in values)
    return location, scale


def at_start(expressions: list[Any], kept: Any = None) -> list[Any]:
    """Return expressions with the free variables they depend on at their starting points.

    They are of the model on the context stack; the free variable ``kept`` stays as it is.
    """
    model: Any = pm.modelcontext(None)
    above = set(ancestors(expressions)) - {kept}
    hyperparameters = [rv for rv in model.root.free_RVs if rv in above]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Support point not defined")
        points = make_initial_point_expression(
            free_rvs=hyperparameters, rvs_to_transforms={}, initval_strategies={}
        )
    replacements = dict(zip(hyperparameters, points, strict=True))
    return list(clone_replace(expressions, replace=replacements))
