"""From the plain data of a file to descriptions of priors, or to every problem: the validator.

One walk over the data, by the rules of :mod:`unfunnel.prior.checks`. It imports no PyMC, so that an
editor or a pre-commit hook may ask at any time; :mod:`unfunnel.files.objects` makes the priors.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from unfunnel.distributions.rules import (
    NUMBER,
    NUMERIC,
    OTHER,
    PRIOR,
    TEXT,
    UNCHECKED,
    Row,
    ValueFacts,
    bounds_mistakes,
    number_mistakes,
    support_doubts,
)
from unfunnel.distributions.supports import UNKNOWN, Support, support_of_distribution
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
from unfunnel.files.holders import ANYTHING, HolderDecoder
from unfunnel.files.keys import A_DISTRIBUTION, Keys
from unfunnel.files.plain import (
    did_you_mean,
    is_deep,
    is_labelled,
    is_number,
    misread,
    shown,
)
from unfunnel.files.problems import Path, Problem, place_in
from unfunnel.files.values import QUOTES, Node, refused
from unfunnel.intervals import Parameter
from unfunnel.prior import checks
from unfunnel.structures.zero_sum_options import zero_sum_mistakes


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
    return decode(data).problems


class Decoded(NamedTuple):
    """What a file describes: its priors by name, every problem, and what to warn of."""

    nodes: dict[str, Node]
    problems: list[Problem]
    doubts: list[tuple[str, str]]


def decode(data: Any) -> Decoded:
    """Decode a whole file, or a bare mapping of names to priors."""
    decoder = Decoder()
    nodes = decoder.file(data)
    problems = sorted(decoder.problems, key=lambda problem: place_in(data, problem.path))
    return Decoded(nodes, problems, decoder.doubts)


class Decoder(HolderDecoder):
    """Walks through plain data; each method returns the node of what is there."""

    def __init__(self) -> None:
        super().__init__()
        self.doubts: list[tuple[str, str]] = []

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
                self.kind((name,), name, "a name that is a string", QUOTES)
            elif not name:
                self.kind((name,), name, "a name")
            if is_deep(value):
                expected = "a file that is less deep, and does not hold itself"
                self.problem((name,), "one that goes on for ever or nearly", expected)
            else:
                nodes[name] = self.top(value, (name,), bare=priors is data)
        return nodes

    def _envelope(self, data: Mapping[str, Any]) -> None:
        version = f"the version of the format, {VERSION}"
        missing = {VERSION_KEY: version, PRIORS_KEY: "a mapping from names to priors"}
        given = self.mapping(data, (), (SCHEMA_KEY, VERSION_KEY, PRIORS_KEY), missing)
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
        node = self.value(value, path, ANYTHING)
        if node.facts.kind in NUMERIC:
            self.report(number_mistakes(ANYTHING, node.facts), {"": node})
        elif node.facts.kind not in (PRIOR, UNCHECKED):
            expected = "a prior, a number or a list of numbers"
            self.kind(path, value, expected, _misread(value))
        return node

    def value(self, value: Any, path: Path, row: Parameter) -> Node:
        """Decode a number, an array or a prior, as the value of a parameter."""
        if isinstance(value, Mapping) and not is_labelled(value):
            return self.prior(value, path)
        return self.simple(value, path, lambda: f"{row.support.numbers}{row.meant}")

    def prior(self, value: Any, path: Path, inside: str = "") -> Node:
        """Decode a prior; ``inside`` of a wrapper that takes single distributions, one of these."""
        if not isinstance(value, Mapping):
            self.kind(path, value, A_DISTRIBUTION if inside else A_PRIOR, _misread(value))
            return refused(path)
        key = next((key for key in ("dist", "distribution") if key in value), "class")
        name = value.get(key)
        if isinstance(name, str) and key != "class":
            if name in rows():
                return self.distribution(value, path, key, inside)
            if name == BY_COORD and not inside:
                return self.by_coord(value, path, key)
        elif isinstance(name, str) and name in WRAPPERS and not inside:
            return self.wrapper(value, path, name)
        self.unknown_prior(value, path, single=bool(inside))
        if key in value and key != "class":
            self._inside_of_unknown(value, path)
        return refused(path)

    def _inside_of_unknown(self, value: Mapping[str, Any], path: Path) -> None:
        """Look for problems inside of a prior that is not known."""
        kwargs = value.get("kwargs")
        for place, given in ((path, value), ((*path, "kwargs"), kwargs)):
            for key, each in given.items() if isinstance(given, Mapping) else ():
                if isinstance(each, Mapping) and _names_one(each):
                    self.value(each, (*place, key), ANYTHING)
        for key, read in (("dims", self.dims), ("transform", self._transform)):
            if key in value:
                read(value[key], (*path, key))

    # -- distributions

    def distribution(
        self, value: Mapping[str, Any], path: Path, key: str, inside: str = ""
    ) -> Node:
        """Decode one of our priors, or a distribution of PyMC."""
        usual = rows()[value[key]]
        keys = self.keys(value, path, key, usual.given, usual.options, both=usual.ours)
        moved, bounds = self._bounded(usual, keys)
        row = moved or usual
        parts = {
            name: bounds[name] if name in bounds else self._parameter(row.parameters[name], *given)
            for name, given in keys.given.items()
        }
        facts = {name: parts[name].facts for name in parts if name not in bounds}
        self._check_presence(row, keys, parts)
        options = {name: self._option(row, name, each, (*path, name))
                   for name, each in keys.options.items()}  # fmt: skip
        dims = options.get("dims")
        # Without bounds that can be meant, nothing is known of what they would move.
        sure = {
            name: each
            for name, each in facts.items()
            if not row.parameters[name].is_flag
            and (moved or not row.parameters[name].within_bounds)
        }
        mistakes = [*checks.value_mistakes(row, sure), *checks.inner_dims_mistakes(dims, facts)]
        if row.ours:
            mistakes += self._zero_sum_mistakes(row, options, facts)
            doubts = support_doubts(row, facts)
            self.doubts += [(f"{row.name}: {key}", doubt) for key, doubt in doubts]
        else:
            centered = options.get("centered") is not False or inside == "Censored"
            mistakes += checks.pymc_mistakes(row, facts, centered=centered)
        self.report(mistakes, parts, keys.path_of)
        support = (
            (Support(*row.support) if row.ours else _support_of(row, facts)) if moved else UNKNOWN
        )
        support = support.transformed(options.get("transform"))
        found = ValueFacts(PRIOR, row.name, dims=dims, support=support)
        return Node(path, found, name=row.name, parts=parts, options=options)

    def _bounded(self, row: Row, keys: Keys) -> tuple[Row | None, dict[str, Node]]:
        """Return the row on the support that the bounds give it; None if they cannot be meant."""
        bounds = {
            name: self.simple(value, path, lambda: "a number")
            for name, (path, value) in keys.given.items()
            if name in row.bounds
        }
        facts = {name: node.facts for name, node in bounds.items()}
        mistakes = [*bounds_mistakes(row, facts)]
        self.report(mistakes, bounds)
        if mistakes:
            return None, bounds
        return row.at({name: each.value for name, each in facts.items()}), bounds

    def _check_presence(self, row: Row, keys: Keys, parts: Mapping[str, Node]) -> None:
        """Note parameters that are missing, but for those that an unknown key may have meant."""
        if not keys.is_complete:
            return
        meant = {key for key, names in row.alternatives.items() if keys.meant & {*names}}
        absent = checks.presence_mistakes(row, keys.given)
        told = (each for each in absent if each.key in keys.given or each.key not in meant)
        self.report(told, parts, keys.path_of)

    def _parameter(self, row: Parameter, path: Path, value: Any) -> Node:
        """Decode the value of a parameter."""
        if row.is_flag:
            self._flag(value, path)
            return Node(path, ValueFacts(UNCHECKED, shown(value)), value)
        node = self.value(value, path, row)
        if node.facts.kind in (OTHER, TEXT) and _misread(value):
            facts = ValueFacts(OTHER, node.facts.shown, remedy=_misread(value))
            return Node(path, facts, value)
        return node

    def _option(self, row: Row, key: str, value: Any, path: Path) -> Any:
        """Decode what a distribution takes beside its parameters."""
        if key in ("dims", "core_dims", "zero_sum"):
            return self.dims(value, path)
        if key == "transform":
            return self._transform(value, path)
        if key == "zero_sum_scale":
            return value
        if not row.ours:
            return self._flag(value, path)
        node = self.simple(value, path, lambda: "weights in [0, 1]")
        self.report(checks.centered_mistakes(node.facts), {"centered": node})
        return node

    def _flag(self, value: Any, path: Path) -> Any:
        if not isinstance(value, bool):
            self.kind(path, value, "true or false")
        return value

    def _transform(self, value: Any, path: Path) -> str | None:
        if isinstance(value, str) and is_transform(value):
            return value
        if not isinstance(value, str):
            self.kind(path, value, "a string", _misread(value))
        elif not value:
            self.kind(path, value, "a name")
        else:
            mistake = checks.transform_mistake(shown(value), is_function=False)
            near = did_you_mean(value, COMMON_TRANSFORMS)
            self.problem(path, mistake.given, mistake.expected, near or mistake.remedy)
        return None

    def _zero_sum_mistakes(
        self, row: Row, options: Mapping[str, Any], facts: Mapping[str, ValueFacts]
    ) -> list[Any]:
        zero_sum, scale = options.get("zero_sum"), options.get("zero_sum_scale")
        if zero_sum is None and (scale is None or "zero_sum" in options):
            return []  # not asked for, or a problem by itself
        centered = options.get("centered")
        word = centered.facts.value if isinstance(centered, Node) else None
        return [*zero_sum_mistakes(row, zero_sum, scale, options.get("dims"), word, facts)]


def _misread(value: Any) -> str:
    """Return what to do about a value of another kind than may stand there."""
    if isinstance(value, str) and (value in rows() or value == BY_COORD):
        return f"Write `dist: {value}` below the name."
    return misread(value)


def _support_of(row: Row, facts: Mapping[str, ValueFacts]) -> Support:
    if row.ours:
        return Support(*row.support)
    numbers = {k: each.value if each.kind == NUMBER else each.kind for k, each in facts.items()}
    return support_of_distribution(row.name, numbers)


def _names_one(value: Mapping[str, Any]) -> bool:
    return any(key in value for key in ("dist", "distribution", "class"))
