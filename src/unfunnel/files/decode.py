"""From the plain data of a file to descriptions of priors, or to every problem: the validator.

One walk over the data, by the rules of :mod:`unfunnel.prior.checks`. It imports no PyMC, so that an
editor or a pre-commit hook may ask at any time; :mod:`unfunnel.files.objects` makes the priors.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from unfunnel.distributions.rules import (
    NUMBER,
    NUMERIC,
    OTHER,
    PRIOR,
    UNCHECKED,
    Row,
    ValueFacts,
    bounds_mistakes,
    number_mistakes,
)
from unfunnel.distributions.supports import UNKNOWN, Support, support_of_distribution
from unfunnel.files.decode_holders import ANYTHING, HolderDecoder
from unfunnel.files.decode_values import Node, refused
from unfunnel.files.grammar import (
    A_PRIOR,
    BY_COORD,
    COMMON_TRANSFORMS,
    PRIORS_KEY,
    SCHEMA_KEY,
    VERSION,
    VERSION_KEY,
    WRAPPERS,
    is_transform,
    is_whole_file,
    priors_of,
    rows,
)
from unfunnel.files.plain_data import (
    did_you_mean,
    is_deep,
    is_labelled,
    is_list,
    is_number,
    misread,
    shown,
)
from unfunnel.files.prior_keys import A_DISTRIBUTION, Keys
from unfunnel.files.problems import Path, Problem
from unfunnel.intervals import Parameter
from unfunnel.prior import checks


def problems_of(data: Any) -> list[Problem]:
    """Return every mistake in plain data that should be a file of priors, in its order.

    >>> from unfunnel.files.decode import problems_of
    >>> beta = {"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": "1e-3"}, "dim": "geo"}
    >>> for problem in problems_of({"beta": beta}):
    ...     print(problem)
    beta.kwargs.sigma: expected a positive number, an array or DataArray of such, or a prior (the \
standard deviation, in natural units), but got the string '1e-3'. YAML reads 1e-3 as a string even \
without quotes: write 1.0e-3 without them.
    beta.dim: expected one of the keys 'kwargs', 'dims', 'centered', 'transform', \
'zero_sum' and 'zero_sum_scale', but got an unknown key. Did you mean 'dims'?
    """
    return decode(data)[1]


def decode(data: Any) -> tuple[dict[str, Node], list[Problem]]:
    """Return descriptions of the priors of a file by name, and every problem."""
    decoder = Decoder()
    nodes = decoder.file(data)
    return nodes, sorted(decoder.problems, key=lambda problem: _place_in(data, problem.path))


class Decoder(HolderDecoder):
    """Walks through plain data; each method returns the node of what is there."""

    def file(self, data: Any) -> dict[str, Node]:
        """Decode a whole file, or a bare mapping."""
        if not isinstance(data, Mapping):
            self.kind((), data, "a mapping from names to priors")
            return {}
        if is_whole_file(data):
            number = data.get(VERSION_KEY, VERSION)
            if is_number(number) and number > VERSION:  # who knows what it may hold
                given = f"{number}, from a newer version of this library"
                upgrade = "Run: pip install --upgrade unfunnel"
                self.problem((VERSION_KEY,), given, f"a version up to {VERSION}", upgrade)
                return {}
            self._envelope(data)
        priors = priors_of(data)
        if not isinstance(priors, Mapping):
            return {}
        nodes = {}
        for name, value in priors.items():
            if not isinstance(name, str):
                self.kind((name,), name, "a name that is a string", "Put it in quotes.")
            elif not name:
                self.kind((name,), name, "a name")
            if is_deep(value):
                expected = "a file that is less deep, and does not hold itself"
                self.problem((name,), "one that goes on for ever or nearly", expected)
            else:
                nodes[name] = self.top(value, (name,), bare=priors is data)
        return nodes

    def _envelope(self, data: Mapping[str, Any]) -> None:
        keys = (SCHEMA_KEY, VERSION_KEY, PRIORS_KEY)
        version = f"the version of the format, {VERSION}"
        missing = {VERSION_KEY: version, PRIORS_KEY: "a mapping from names to priors"}
        given = self.mapping(data, (), keys, missing)
        if not isinstance(given.get(SCHEMA_KEY, ""), str):
            self.kind((SCHEMA_KEY,), given[SCHEMA_KEY], "a string")
        if not isinstance(given.get(PRIORS_KEY, {}), Mapping):
            self.kind((PRIORS_KEY,), given[PRIORS_KEY], "a mapping")
        number = given.get(VERSION_KEY, VERSION)
        if isinstance(number, bool) or number != VERSION:
            self.kind((VERSION_KEY,), number, version)

    def top(self, value: Any, path: Path, *, bare: bool) -> Node:
        """Decode what stands under a name."""
        if bare and path == (PRIORS_KEY,) and isinstance(value, Mapping) and not _names_one(value):
            self.problem(path, "the priors of a file", A_PRIOR, "Write `unfunnel: 1` above it.")
            return refused(path)
        node = self.value(value, path, "finite numbers")
        if node.facts.kind in NUMERIC:
            self.report(number_mistakes(ANYTHING, node.facts), {"": node}, path)
        elif node.facts.kind not in (PRIOR, UNCHECKED):
            expected = "a prior, a number or a list of numbers"
            self.kind(path, value, expected, self.misread(value))
        return node

    def value(self, value: Any, path: Path, elements: str, around: str = "") -> Node:
        """Decode a number, an array or a prior; ``elements`` says what those of an array may be."""
        if isinstance(value, Mapping) and not is_labelled(value):
            return self.prior(value, path, around=around)
        return self.simple(value, path, elements)

    def prior(self, value: Any, path: Path, *, single: bool = False, around: str = "") -> Node:
        """Decode a prior, or a ``single`` distribution."""
        if not isinstance(value, Mapping):
            self.kind(path, value, A_DISTRIBUTION if single else A_PRIOR, self.misread(value))
            return refused(path)
        key = next((key for key in ("dist", "distribution") if key in value), "class")
        name = value.get(key)
        if isinstance(name, str) and key != "class":
            if name in rows():
                return self.distribution(value, path, key, around)
            if name == BY_COORD and not single:
                return self.by_coord(value, path, key)
        elif isinstance(name, str) and name in WRAPPERS and not single:
            return self.wrapper(value, path, name)
        self.unknown_prior(value, path, single=single)
        if key in value and key != "class":
            self._inside_of_unknown(value, path)
        return refused(path)

    def _inside_of_unknown(self, value: Mapping[str, Any], path: Path) -> None:
        """Look for problems inside of a prior that is not known."""
        kwargs = value.get("kwargs")
        for place, given in ((path, value), ((*path, "kwargs"), kwargs)):
            for key, each in given.items() if isinstance(given, Mapping) else ():
                if isinstance(each, Mapping) and _names_one(each):
                    self.value(each, (*place, key), "finite numbers")
        if "dims" in value:
            self.dims(value["dims"], (*path, "dims"))
        if "transform" in value:
            self._transform(value["transform"], (*path, "transform"))

    # -- distributions

    def distribution(
        self, value: Mapping[str, Any], path: Path, key: str, around: str = ""
    ) -> Node:
        """Decode one of our priors, or a distribution of PyMC."""
        usual = rows()[value[key]]
        keys = self.keys(value, path, key, usual.given, usual.options, both=usual.ours, row=usual)
        row, nodes = self._bounded(usual, keys)
        moved = row is not None
        row = row or usual
        for name in keys.given.keys() & row.parameters.keys():
            nodes[name] = self.parameter(row.parameters[name], *keys.given[name])
        parts = {name: nodes[name] for name in keys.given}
        facts = {name: node.facts for name, node in parts.items() if name in row.parameters}
        report = partial(self.report, parts=parts, path=path, keys=keys)
        if keys.is_complete:
            meant = {key for key, names in row.alternatives.items() if keys.meant & {*names}}
            absent = checks.presence_mistakes(row, keys.given)
            report(each for each in absent if each.key in keys.given or each.key not in meant)
        sure = {k: v for k, v in facts.items() if moved or not row.parameters[k].within_bounds}
        report(checks.value_mistakes(row, _not_flags(row, sure)))
        options = self._options(row, keys, path, facts)
        if not row.ours:
            centered = options.get("centered") is not False or around == "Censored"
            report(checks.pymc_mistakes(row, facts, centered=centered))
        dims = options.get("dims")
        report(checks.inner_dims_mistakes(dims, facts))
        if row.ours:
            self._zero_sum(row, options, facts, report)
        support = Support(*row.support) if row.ours else _support_of(row, facts)
        if not moved:
            support = UNKNOWN
        support = support.transformed(options.get("transform"))
        found = ValueFacts(PRIOR, row.name, dims=dims, support=support)
        return Node(path, found, name=row.name, parts=parts, options=options)

    def _bounded(self, row: Row, keys: Keys) -> tuple[Row | None, dict[str, Node]]:
        """Return the row on the support that the bounds give it; None if they cannot be meant."""
        bounds = {
            name: self.simple(value, path, "a number")
            for name, (path, value) in keys.given.items()
            if name in row.bounds
        }
        facts = {name: node.facts for name, node in bounds.items()}
        mistakes = [*bounds_mistakes(row, facts)]
        self.report(mistakes, bounds, ())
        if mistakes:
            return None, bounds
        return row.at({name: each.value for name, each in facts.items()}), bounds

    def parameter(self, row: Parameter, path: Path, value: Any) -> Node:
        """Decode the value of a parameter."""
        if row.is_flag:
            if not isinstance(value, bool):
                self.kind(path, value, "true or false")
            return Node(path, ValueFacts(UNCHECKED, shown(value)), value)
        node = self.value(value, path, f"{row.support.numbers}{row.meant}")
        if node.facts.kind in (OTHER, "text") and self.misread(value):
            facts = ValueFacts(OTHER, node.facts.shown, remedy=self.misread(value))
            return Node(path, facts, value)
        return node

    def _options(
        self, row: Row, keys: Keys, path: Path, facts: Mapping[str, ValueFacts]
    ) -> dict[str, Any]:
        """Decode what a distribution takes beside its parameters."""
        found: dict[str, Any] = {}
        for key, value in keys.options.items():
            at = (*path, key)
            if key in ("dims", "core_dims", "zero_sum"):
                found[key] = self.dims(value, at)
            elif key == "transform":
                found[key] = self._transform(value, at)
            elif key == "zero_sum_scale":
                found[key] = value
            elif row.ours:
                node = self.simple(value, at, "weights in [0, 1]")
                self.report(checks.centered_mistakes(node.facts), {"centered": node}, path)
                found[key] = node
            else:
                if not isinstance(value, bool):
                    self.kind(at, value, "true or false")
                found[key] = value
        return found

    def _transform(self, value: Any, path: Path) -> str | None:
        if isinstance(value, str) and is_transform(value):
            return value
        if not isinstance(value, str):
            self.kind(path, value, "a string", self.misread(value))
        elif not value:
            self.kind(path, value, "a name")
        else:
            mistake = checks.transform_mistake(shown(value), is_function=False)
            near = did_you_mean(value, COMMON_TRANSFORMS)
            self.problem(path, mistake.given, mistake.expected, near or mistake.remedy)
        return None

    def _zero_sum(
        self, row: Row, options: Mapping[str, Any], facts: Mapping[str, ValueFacts], report: Any
    ) -> None:
        if "zero_sum" in options and options["zero_sum"] is None:
            return  # a problem by itself
        centered = options.get("centered")
        word = centered.facts.value if isinstance(centered, Node) else None
        scale, dims = options.get("zero_sum_scale"), options.get("dims")
        report(checks.zero_sum_mistakes(row, options.get("zero_sum"), scale, dims, word, facts))

    def misread(self, value: Any) -> str:
        """Return what to do about a value of another kind than may stand there."""
        if isinstance(value, str) and (value in rows() or value == BY_COORD):
            return f"Write `dist: {value}` below the name."
        return misread(value)


def _support_of(row: Row, facts: Mapping[str, ValueFacts]) -> Support:
    numbers = {k: each.value if each.kind == NUMBER else each.kind for k, each in facts.items()}
    return support_of_distribution(row.name, numbers)


def _not_flags(row: Row, facts: Mapping[str, ValueFacts]) -> dict[str, ValueFacts]:
    return {key: each for key, each in facts.items() if not row.parameters[key].is_flag}


def _names_one(value: Mapping[str, Any]) -> bool:
    return any(key in value for key in ("dist", "distribution", "class"))


#: Comes after whatever is there.
_ABSENT = 2**62


def _place_in(data: Any, path: Path) -> tuple[int, ...]:
    """Return where in a file a path leads; keys that are missing come after those there."""
    priors = priors_of(data)
    value = priors if isinstance(priors, Mapping) and path and path[0] in priors else data
    place: list[int] = []
    for step in path:
        if isinstance(value, Mapping) and step in value:
            place.append(list(value).index(step))
        elif is_list(value) and isinstance(step, int) and step < len(value):
            place.append(step)
        else:
            return (*place, _ABSENT)
        value = value[step]
    return tuple(place)
