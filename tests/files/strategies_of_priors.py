"""Strategies for priors as objects, with awkward numbers and words; when two are the same."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from hyperpriors import HYPERPRIORS
from hypothesis import strategies as st
from pymc_extras.prior import Censored, Prior, Scaled
from xarray import DataArray

from unfunnel import (
    ByCoord,
    LaplaceIdentity,
    LogNormalExp,
    NormalIdentity,
    ProbitNormal,
    StudentTIdentity,
    WeibullExp,
)

#: Words that readers of YAML take for something else, and characters that are hard to write.
WORDS = (
    *("no", "yes", "On", "off", "y", "null", "~", "true", "False", "012", "0o7", "0x1F", "1:30"),
    *("1e-3", "1.5e3", ".inf", ".nan", "2024-01-01", "1_000", "<<", "=", "", " ", "- a", "a: b"),
    *("# c", "{}", "[x]", "*x", "&x", "!x", "%", "@", "|", ">", "'", '"', "\\", "\t", "\n", "\r"),
    *(
        "a\nb",
        "é",
        "日本",
        "🙂",
        "\u2028",
        "\x85",
        "\x7f",
        "\ufeff",
        "$schema",
        "a" * 200,
        "-",
        "?",
    ),
    *("inf", "NaN", "1.", ".5", "+1", "-1", "0", "1.0", "priors", "dist", "a ", " a", "a #b", "a:"),
)
texts = st.one_of(st.sampled_from(WORDS), st.text(st.characters(exclude_categories=["Cs"])))

LENGTHS = {"geo": 3, "channel": 2, "date": 4}

labels = {
    "geo": st.lists(texts, min_size=3, max_size=3, unique=True),
    "channel": st.one_of(
        st.just([2, 1]), st.just([0.5, 1e-300]), st.just([True, False]), st.just(["a", 1])
    ),
    "date": st.sampled_from(
        [
            pd.date_range("2024-01-01", periods=4, freq="7D"),
            pd.date_range("1999-12-31T23:59:59.123456789", periods=4, freq="h").as_unit("ns"),
        ]
    ),
}

all_dims = st.lists(st.sampled_from(sorted(LENGTHS)), unique=True).map(tuple)


def numbers(low: float, high: float) -> Any:
    """Numbers strictly between, ints among them where there are any."""
    floats = st.floats(low, high, exclude_min=True, exclude_max=True)
    first, last = int(np.floor(low)) + 1, int(np.ceil(high)) - 1
    return st.one_of(floats, st.integers(first, last)) if first <= last else floats


@st.composite
def arrays(draw: Any, low: float, high: float, dims: tuple[str, ...]) -> Any:
    """Arrays without labels along the last of the dims."""
    own = dims[draw(st.integers(0, len(dims) - 1)) :]
    shape = tuple(LENGTHS[dim] for dim in own)
    flat = draw(st.lists(numbers(low, high), min_size=int(np.prod(shape)), max_size=24))
    return np.array(flat[: int(np.prod(shape))]).reshape(shape)


@st.composite
def labelled(draw: Any, low: float, high: float, dims: tuple[str, ...]) -> DataArray:
    """Labelled arrays along some of the dims, in another order, some of them without labels."""
    own = draw(st.permutations(dims))[draw(st.integers(0, len(dims) - 1)) :]
    shape = tuple(LENGTHS[dim] for dim in own)
    values = draw(st.lists(numbers(low, high), min_size=int(np.prod(shape)), max_size=24))
    coords: dict[str, Any] = {
        dim: pd.Index(given, dtype=object) if list(given) == ["a", 1] else given
        for dim in own
        if draw(st.integers(0, 3)) and (given := draw(labels[dim])) is not None
    }
    data = np.array(values[: int(np.prod(shape))]).reshape(shape)
    return DataArray(data, dims=own, coords=coords)


def constants(low: float, high: float, dims: tuple[str, ...]) -> Any:
    """Numbers and arrays that fit a prior with these dims."""
    if not dims:
        return numbers(low, high)
    return st.one_of(numbers(low, high), arrays(low, high, dims), labelled(low, high, dims))


@st.composite
def known_priors(draw: Any, dims: tuple[str, ...], only: Any = tuple(HYPERPRIORS)) -> Prior:
    """Upstream's priors with numbers in them."""
    name = draw(st.sampled_from(only))
    own = draw(st.permutations(dims))[: draw(st.integers(0, len(dims)))]
    return Prior(name, **HYPERPRIORS[name], dims=tuple(own) or None)


POSITIVE = ("Gamma", "Exponential", "HalfNormal", "InverseGamma", "LogNormal", "Weibull")

#: Of each family: parameters by where their numbers may be, and bounds.
FAMILIES: dict[Any, tuple[tuple[dict[str, tuple[float, float]], dict[str, float]], ...]] = {
    LogNormalExp: (
        ({"mu": (0, 9), "sigma": (0, 3)}, {}),
        ({"mu": (0, 9), "cv": (0, 3)}, {"lower": -1.5}),
        ({"mu": (0, 9), "sigma": (0, 3)}, {"upper": 10}),
    ),
    WeibullExp: (({"mu": (0, 9), "sigma": (0, 3)}, {}), ({"mu": (0, 9), "cv": (0, 3)}, {})),
    ProbitNormal: (
        ({"mu": (0, 1), "spread": (0, 1)}, {}),
        ({"mu": (0.4, 0.6), "sigma": (0, 0.1)}, {"lower": -1.0, "upper": 2}),
    ),
    NormalIdentity: (({"mu": (-9, 9), "sigma": (0, 3)}, {}),),
    StudentTIdentity: (({"mu": (-9, 9), "sigma": (0, 3), "nu": (2, 30)}, {}),),
    LaplaceIdentity: (({"mu": (-9, 9), "sigma": (0, 3)}, {}),),
}


@st.composite
def hyperpriors(draw: Any, low: float, high: float, dims: tuple[str, ...], depth: int) -> Any:
    """A prior inside (0, inf) or on the real line, nested up to a depth."""
    if depth and draw(st.booleans()):
        kind = LogNormalExp if low >= 0 else NormalIdentity
        return draw(natural_priors(dims, depth - 1, only=(kind,)))
    return draw(known_priors(dims, POSITIVE if low >= 0 else tuple(HYPERPRIORS)))


@st.composite
def natural_priors(draw: Any, dims: tuple[str, ...], depth: int, only: Any = None) -> Any:
    """Ours, with everything that they hold."""
    kind = draw(st.sampled_from(only or tuple(FAMILIES)))
    ranges, bounds = draw(st.sampled_from(FAMILIES[kind]))
    own = tuple(draw(st.permutations(dims))[: draw(st.integers(0, len(dims)))])
    if only and kind is LogNormalExp:
        bounds = {}
    parameters = {}
    for name, (low, high) in ranges.items():
        hyper = not bounds and (high == 9 or (name in ("sigma", "cv") and kind is not ProbitNormal))
        inner = hyperpriors(low, high, own, depth)
        given = constants(max(low, 1e-300) if low == 0 else low, high, own)
        parameters[name] = draw(st.one_of(given, inner) if hyper else given)
    weights = [constants(0, 1, own)] if own else [numbers(0, 1)]
    centered = draw(st.one_of(st.sampled_from([True, False, "auto", "offset"]), *weights))
    options: dict[str, Any] = {"dims": own or None, "centered": centered}
    if kind in (NormalIdentity, LogNormalExp) and own and isinstance(centered, bool):
        if draw(st.integers(0, 3)) == 0 and not any(_has(p, own[0]) for p in parameters.values()):
            options |= {"zero_sum": own[0], "zero_sum_scale": "marginal"}
    if draw(st.integers(0, 5)) == 0:
        options["transform"] = draw(st.sampled_from(["exp", "sigmoid"]))
    return kind(**parameters, **bounds, **options)


def _has(value: Any, dim: str) -> bool:
    """Whether a parameter may vary along a dim."""
    return isinstance(value, np.ndarray) or dim in (getattr(value, "dims", None) or ())


@st.composite
def plain_priors(draw: Any, dims: tuple[str, ...], depth: int) -> Prior:
    """Upstream's normal prior with anything inside."""
    own = tuple(draw(st.permutations(dims))[: draw(st.integers(0, len(dims)))])
    location = st.one_of(constants(-9, 9, own), hyperpriors(-9, 9, own, depth))
    scale = st.one_of(constants(1e-300, 9, own), hyperpriors(0, 9, own, depth))
    return Prior(
        "Normal",
        mu=draw(location),
        sigma=draw(scale),
        dims=own or None,
        centered=draw(st.booleans()),
        transform=draw(st.sampled_from([None, None, "exp"])),
        core_dims=draw(st.sampled_from([(), own[:1]])),
    )


@st.composite
def wrapped_priors(draw: Any, dims: tuple[str, ...], depth: int) -> Any:
    """Censored and Scaled, Scaled of Censored too."""
    inner = draw(st.one_of(natural_priors(dims, depth), plain_priors(dims, depth)))
    if inner.centered and inner.transform is None and draw(st.booleans()):
        low, high = draw(st.sampled_from([(-np.inf, np.inf), (0.0, np.inf), (-1.5, 1e300)]))
        inner = Censored(inner, lower=low, upper=high)
        if draw(st.booleans()):
            return inner
    return Scaled(inner, draw(constants(-9, 9, tuple(inner.dims or ()))))


@st.composite
def by_coords(draw: Any, dims: tuple[str, ...], depth: int) -> ByCoord:
    """A prior for each label of ``geo``."""
    rest = tuple(dim for dim in dims if dim != "geo")
    given = draw(st.one_of(labels["geo"], st.just([3, 1, 2]), labels["date"].map(list)))
    members = [(label, draw(natural_priors(rest, depth))) for label in given]
    default = draw(st.one_of(st.none(), known_priors(rest)))
    whole = draw(st.sampled_from([None, draw(st.permutations(("geo", *rest)))]))
    return ByCoord("geo", members, default, dims=whole)


@st.composite
def values(draw: Any, depth: int = 2) -> Any:
    """Whatever a file may hold under a name."""
    dims = draw(all_dims)
    kinds = [
        natural_priors(dims, depth),
        plain_priors(dims, depth),
        known_priors(dims),
        wrapped_priors(dims, depth),
        by_coords(dims, depth),
        constants(-1e18, 1e18, dims),
    ]
    return draw(st.one_of(*kinds))


files = st.dictionaries(texts.filter(bool), values(), min_size=1, max_size=3)


def same(a: Any, b: Any) -> bool:
    """Whether two values of a file are the same: of one type, to the last bit and label."""
    if type(a) is not type(b):
        return False
    if isinstance(a, DataArray):
        return (
            a.dims == b.dims
            and same(a.values, b.values)
            and a.coords.keys() == b.coords.keys()
            and all(_same_labels(a.coords[name], b.coords[name]) for name in a.coords)
        )
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and bool((a == b).all())
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, ByCoord):
        return same((a.dim, a.dims, a.members, a.default), (b.dim, b.dims, b.members, b.default))
    if isinstance(a, tuple):
        return len(a) == len(b) and all(map(same, a, b))
    if hasattr(a, "create_variable"):
        return all(map(same, _parts(a), _parts(b))) and (_holds_identity(a) or a == b)
    return bool(a == b)


def _same_labels(a: DataArray, b: DataArray) -> bool:
    if a.dims != b.dims or a.dtype.kind != b.dtype.kind or not bool((a.values == b.values).all()):
        return False
    kinds = [[type(label) for label in np.ravel(each).tolist()] for each in (a, b)]
    return a.dtype.kind == "M" or kinds[0] == kinds[1]


def _holds_identity(prior: Any) -> bool:
    """Whether a Scaled or a MaskedPrior is inside, which upstream compares by identity."""
    if isinstance(prior, ByCoord):
        return any(map(_holds_identity, prior.priors))
    inner = [*getattr(prior, "parameters", {}).values(), getattr(prior, "distribution", None)]
    return type(prior).__eq__ is object.__eq__ or any(
        _holds_identity(each) for each in inner if hasattr(each, "create_variable")
    )


def _parts(prior: Any) -> list[Any]:
    if isinstance(prior, Censored):
        return [prior.distribution, float(prior.lower), float(prior.upper)]
    if isinstance(prior, Scaled):
        return [prior.dist, prior.factor]
    if hasattr(prior, "mask"):
        return [prior.prior, prior.mask, prior.dims, prior.active_dim]
    centering = getattr(prior, "centering", prior.centered)
    return [dict(prior.parameters), centering, prior.dims, prior.transform, prior.core_dims]
