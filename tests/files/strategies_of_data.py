"""Strategies for files of priors as plain data, of every distribution: good ones, and mistakes."""

from __future__ import annotations

import copy
from functools import cache

import numpy as np
from hypothesis import strategies as st

from unfunnel.distributions.known import DISTRIBUTIONS
from unfunnel.files.grammar import COMMON_TRANSFORMS as TRANSFORMS
from unfunnel.files.grammar import SCHEMA_URL
from unfunnel.files.grammar import rows as rules

DIMS = ("geo", "channel")
LENGTHS = {"geo": 2, "channel": 3}
LABELS = {
    "geo": [["north", "south"], [1, 2.5], ["north", True]],
    "channel": [
        ["tv", "radio", "search"],
        {"dtype": "datetime64[ns]", "data": ["2024-01-01", "2024-01-08", "2024-01-15T12:00:00"]},
    ],
}
DEEPEST = 3


@st.composite
def numbers_in(draw, support):
    """A number inside an interval, at a distance from its ends."""
    lower, upper = support
    if np.isfinite(lower) and np.isfinite(upper):
        return draw(st.sampled_from([0.25, 0.5, 0.75])) * (upper - lower) + lower
    if np.isfinite(lower):
        return lower + draw(st.sampled_from([0.5, 1, 2.25, 40]))
    if np.isfinite(upper):
        return upper - draw(st.sampled_from([0.5, 1, 2.25]))
    return draw(st.sampled_from([-2.5, -1, 0, 0.5, 3]))


@st.composite
def arrays_in(draw, support, dims):
    """A nested list, or a labelled array, with these dims."""
    lengths = [LENGTHS[dim] for dim in dims]
    flat = [draw(numbers_in(support)) for _ in range(int(np.prod(lengths)))]
    data = np.reshape(np.asarray(flat, dtype=object), lengths).tolist()
    if draw(st.booleans()):
        return data
    labelled = {"class": "DataArray", "data": data, "dims": list(dims)}
    if draw(st.booleans()):
        labelled["coords"] = {dim: draw(st.sampled_from(LABELS[dim])) for dim in dims}
        if draw(st.booleans()):
            labelled["coords"]["year"] = {"dims": [], "data": [2024]}
    return labelled


OURS = [name for name, rule in rules().items() if rule.ours]

#: Those with rules of their own are drawn more often than the others.
_GROUPS = [OURS, ["Normal", "StudentT", "ZeroSumNormal", "Weibull", "MvNormal"], list(rules())]


@cache
def names_inside(support):
    """Names of the distributions that live in an interval, whatever their parameters."""
    lives = {name: row.support for name, row in rules().items() if row.ours and not row.bounds}
    for name in rules().keys() & DISTRIBUTIONS.keys():
        ends = DISTRIBUTIONS[name].support
        if ends is not None and not any(isinstance(end, tuple) for end in ends):
            lives[name] = ends
    lower, upper = support
    return sorted(name for name, (low, high) in lives.items() if low >= lower and high <= upper)


@st.composite
def priors(draw, dims=(), depth=0, names=None, forms=("nested", "flat")):
    """A prior with at most these dims, in any form."""
    name = draw(st.sampled_from(names or draw(st.sampled_from(_GROUPS))))
    rule = rules()[name]
    own = draw(st.sampled_from([(), dims, dims[:1]]))
    kwargs = {key: draw(_value(parameter, own, depth)) for key, parameter in _chosen(draw, rule)}
    if any(kwargs.keys() & set(group) for group in rule.either[:1]):
        kwargs = {key: kwargs[key] for key in kwargs if key not in rule.either[1]}
    kwargs |= {key: end for key, end in _ends(rule) if key in kwargs}
    form = draw(st.sampled_from(forms))
    options = draw(_options(rule, own, kwargs))
    if form == "flat":
        return {"distribution": name, **kwargs, **options}
    return {"dist": name, **({"kwargs": kwargs} if kwargs else {}), **options}


def _ends(rule):
    """Ends in order, for a distribution that has them as parameters."""
    return zip(rule.ends, (-9, 9.5), strict=True) if rule.ends else []


def _chosen(draw, rule):
    """The parameters that are given: all that are needed, and perhaps others."""
    replaced = {name: draw(st.sampled_from(names)) for name, names in rule.alternatives.items()}
    for name, parameter in rule.parameters.items():
        if parameter.required:
            yield replaced[name], rule.parameters[replaced[name]]
        elif parameter.in_place_of is None and (rule.ours or draw(st.booleans())):
            yield name, parameter


@st.composite
def _value(draw, parameter, dims, depth):
    if parameter.is_flag:
        return draw(st.booleans())
    if parameter.limited:  # how much is possible depends on the mean
        return 0.25
    support = parameter.support
    kinds = ["number"]
    if dims:
        kinds.append("array")
    if depth < DEEPEST and names_inside(support):
        kinds.append("prior")
    kind = draw(st.sampled_from(kinds))
    if kind == "array":
        return draw(arrays_in(support, dims))
    if kind == "prior":
        return draw(priors(dims, depth + 1, names_inside(support)))
    return draw(numbers_in(support))


@st.composite
def _options(draw, rule, dims, kwargs):
    found = {}
    if dims:
        found["dims"] = dims[0] if len(dims) == 1 and draw(st.booleans()) else list(dims)
    centered = [True]
    if rule.ours:
        centered += [False, "auto", 0.25]
        # As a number is missing behind a hyperprior, the textbook form is left to sums.
        centered += ["offset"]
        if dims:
            centered.append([0.5] * LENGTHS[dims[-1]])
    elif rule.non_centered is not None and set(rule.non_centered) <= set(kwargs):
        centered.append(False)
    if draw(st.booleans()):
        found["centered"] = draw(st.sampled_from(centered))
    constant = all(not isinstance(value, dict | list) for value in kwargs.values())
    if rule.scale_of and dims and constant and found.get("centered") != "offset":
        if draw(st.booleans()):
            found["zero_sum"] = list(dims[:1])
            if draw(st.booleans()):
                found["zero_sum_scale"] = draw(st.sampled_from(["population", "marginal"]))
    return found


@st.composite
def factories(draw):
    """Any prior, wrapped ones and those by label included."""
    kind = draw(st.sampled_from(["plain", "plain", "Censored", "Scaled", "MaskedPrior", "ByCoord"]))
    if kind == "plain":
        found = draw(priors(DIMS))
        if draw(st.integers(0, 4)) == 0 and "zero_sum" not in found:
            found["transform"] = draw(st.sampled_from(TRANSFORMS))
        return found
    if kind == "Censored":
        inner = {**draw(priors(DIMS, depth=2)), "centered": True}
        bounds = draw(st.sampled_from([{"lower": 0}, {"lower": 0.5, "upper": 3.0}, {"upper": 1}]))
        return {"class": kind, "data": {"dist": inner, "lower": -5.0, "upper": 9.0, **bounds}}
    if kind == "Scaled":
        return {"class": kind, "data": {"dist": draw(priors(DIMS)), "factor": 2.5}}
    if kind == "MaskedPrior":
        inner = {**draw(priors((), depth=2)), "dims": ["geo"]}
        mask = {"mask": [True, False], "mask_dims": ["geo"], "active_dim": "active"}
        if draw(st.booleans()):
            mask = {"mask": {"class": "DataArray", "data": [True, False], "dims": ["geo"]}}
        return {"class": kind, "data": {"prior": inner, **mask}}
    members = [draw(priors(("geo",), depth=2)) for _ in range(2)]
    labels = draw(st.sampled_from([["tv", "search"], [1, 2]]))
    found = {"dim": "channel", "labels": labels, "members": members}
    if draw(st.booleans()):
        found = {"dim": "channel", "members": dict(zip(["tv", "search"], members, strict=True))}
    if draw(st.booleans()):
        found["default"] = draw(priors((), depth=2))
    dims = {"dims": ["geo", "channel"]}
    if draw(st.booleans()):
        return {"distribution": "ByCoord", **found, **dims}
    return {"dist": "ByCoord", "kwargs": found, **dims}


@st.composite
def documents(draw):
    """A file without mistakes."""
    values = st.one_of(
        factories(), st.just(1.5), st.just([[1, 2.5], [3, 4]]), arrays_in((0, np.inf), DIMS)
    )
    named = draw(
        st.dictionaries(st.sampled_from(["alpha", "beta", "σ", "x y"]), values, max_size=2)
    )
    if draw(st.booleans()):
        return named
    marked = {"$schema": SCHEMA_URL} if draw(st.booleans()) else {}
    return {**marked, "unfunnel": 1, "priors": named}


@st.composite
def oddities(draw):
    """A file with arrays, dims and bounds that often do not go together."""
    array = st.sampled_from(
        [[0.2, 0.6], [[0.1, 0.2, 0.3], [0.4, 0.5, 0.6]], [0.3], [0.1, 0.2, 0.3]]
    )
    dims = st.sampled_from([["geo"], ["channel"], ["geo", "channel"], "geo", [], None])
    labelled = st.builds(
        lambda data, dims, labels: {
            "class": "DataArray", "data": data, "dims": dims or [], "coords": labels,
        },
        array,
        st.sampled_from([["geo"], ["channel"], ["geo", "channel"]]),
        st.sampled_from([{}, {"geo": ["a", "b"]}, {"geo": [1, 2], "area": {"dims": ["geo"],
                                                                          "data": ["u", "v"]}}]),
    )  # fmt: skip
    hyper = st.builds(
        lambda name, dims: {"dist": name, **({} if dims is None else {"dims": dims})},
        st.sampled_from(["HalfNormal", "Exponential", "Uniform", "Normal"]),
        dims,
    )
    value = st.one_of(st.sampled_from([0.1, 0.45, 0.6, 2.5]), array, labelled, hyper)
    priors = {}
    for name in draw(st.sampled_from([["a"], ["a", "b"]])):
        rule = rules()[draw(st.sampled_from([*OURS, "Normal", "Uniform", "TruncatedNormal"]))]
        keys = [
            key for key in rule.parameters if key not in ("cv", "spread") or draw(st.booleans())
        ]
        prior = {"dist": rule.name, "kwargs": {key: draw(value) for key in keys}}
        for key in draw(st.sets(st.sampled_from([*rule.bounds, *rule.options]), max_size=3)):
            prior[key] = draw(_ODD_OPTIONS.get(key, dims))
        priors[name] = prior
    return priors


_ODD_OPTIONS = {
    "centered": st.sampled_from([True, False, 0.5, [0.5, 0.2], "auto", "offset", 2]),
    "transform": st.sampled_from(["exp", "sigmoid", "Apply", "pi", "scalar", "no"]),
    "zero_sum_scale": st.sampled_from(["population", "marginal", "other"]),
    "lower": st.sampled_from([0, 0.05, 1, -3]),
    "upper": st.sampled_from([0, 1, 2, 0.7]),
}


# -- mistakes
# --------------------------------------------------------------------------------------------------

JUNK = (
    None,
    True,
    0,
    -1,
    0.5,
    2,
    7.5,
    "1e-3",
    "auto",
    "Normal",
    "geo",
    "",
    [],
    [1, "x"],
    [[1, 2], [-3, 4]],
    ["geo"],
    ["geo", "geo"],
    {},
    {"mu": 1},
    {"dist": "Normal"},
    {"dist": "Nrmal"},
    {"distribution": "HalfNormal", "sigma": 1},
    {"class": "DataArray", "data": [1, 2], "dims": ["geo"]},
    {"class": "Censored", "data": {"dist": {"dist": "Normal"}}},
    {"dist": "ByCoord", "kwargs": {"dim": "a", "members": [{"dist": "Normal"}]}},
    {"m": 200, "L": 1.5},
)
KEYS = (
    "dist",
    "distribution",
    "class",
    "kwargs",
    "data",
    "dims",
    "centered",
    "transform",
    "zero_sum",
    "zero_sum_scale",
    "mu",
    "sigma",
    "cv",
    "sigm",
    "lower",
    "labels",
    "members",
    "unfunnel",
    "priors",
    "$schema",
)


def containers(value, path=()):
    """Every mapping and list inside plain data, with its path."""
    if isinstance(value, dict | list):
        yield path, value
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, inner in items:
            yield from containers(inner, (*path, key))


@st.composite
def broken(draw, good=None):
    """A file with some mistakes, as far as what was done to it is one."""
    data = copy.deepcopy(draw(good if good is not None else documents()))
    for _ in range(draw(st.integers(1, 3))):
        if not isinstance(data, dict | list):
            return data
        found = list(containers(data))
        if draw(st.booleans()):
            _slip(draw, [value for _, value in found if isinstance(value, dict)])
            continue
        _, container = draw(st.sampled_from(found))
        keys = list(container) if isinstance(container, dict) else list(range(len(container)))
        junk = copy.deepcopy(draw(st.sampled_from(JUNK)))
        change = draw(st.sampled_from(["replace", "remove", "rename", "add"]))
        if isinstance(container, list):
            _change_list(draw, container, keys, change, junk)
        elif change == "add" or not keys:
            container[draw(st.sampled_from(KEYS))] = junk
        elif change == "replace":
            container[draw(st.sampled_from(keys))] = junk
        else:
            value = container.pop(draw(st.sampled_from(keys)))
            if change == "rename":
                container[draw(st.sampled_from(KEYS))] = value
    return data


def _slip(draw, mappings):
    """Make a mistake that leaves a prior nearly as it was."""
    priors_in_it = [value for value in mappings if "dist" in value or "distribution" in value]
    if not priors_in_it:
        return
    prior = draw(st.sampled_from(priors_in_it))
    kwargs = prior.get("kwargs", prior)
    if not isinstance(kwargs, dict):
        return
    slip = draw(st.sampled_from(["drop", "twice", "beside", "option", "number", "dims"]))
    if slip == "drop" and kwargs:
        kwargs.pop(draw(st.sampled_from(list(kwargs))))
    elif slip == "twice":
        kwargs[draw(st.sampled_from(["cv", "sigma", "spread", "lower", "upper", "labels"]))] = 0.5
    elif slip == "beside" and kwargs:
        prior[draw(st.sampled_from(list(kwargs)))] = 1.5
    elif slip == "option":
        key, value = draw(st.sampled_from(_OPTIONS))
        prior[key] = value
    elif slip == "number" and kwargs:
        kwargs[draw(st.sampled_from(list(kwargs)))] = draw(st.sampled_from([0, -1, 1, 2, 3.5]))
    elif slip == "dims":
        prior["dims"] = draw(st.sampled_from(["geo", ["geo", "geo"], [], ["other"], 3]))


_OPTIONS = (
    ("centered", False),
    ("centered", True),
    ("centered", "offset"),
    ("centered", 1),
    ("transform", "exp"),
    ("core_dims", "geo"),
    ("zero_sum", "geo"),
    ("zero_sum", []),
    ("zero_sum_scale", "marginal"),
)


def _change_list(draw, container, keys, change, junk):
    if change == "add" or not keys:
        container.append(junk)
    elif change == "remove":
        container.pop(draw(st.sampled_from(keys)))
    else:
        container[draw(st.sampled_from(keys))] = junk
