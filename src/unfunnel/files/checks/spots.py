"""Where in a file an error of pydantic is, and what may stand there."""

from __future__ import annotations

from dataclasses import dataclass

from unfunnel.files.grammar.rules import ParameterRule, Rule, rules
from unfunnel.files.grammar.shapes import MARK
from unfunnel.files.grammar.shapes_of_priors import BY_COORD, FLAT, WRAPPERS
from unfunnel.files.problems import Path
from unfunnel.files.version import PRIORS_KEY
from unfunnel.intervals import POSITIVE, REAL

CENTERED = "true, false, a weight in [0, 1] (number, list or DataArray), 'auto' or 'offset'"

#: How pydantic says that a key itself is wrong.
_KEY = "[key]"


@dataclass(frozen=True)
class Spot:
    """Where in a file something is.

    Parameters
    ----------
    path : tuple
        The keys that lead there, as problems have it.
    kind : str
        The innermost kind of thing around it, for example ``"Normal"`` or ``"DataArray"``.
    inside : str
        The key of that thing under which it is; empty if it is one of its own keys.
    rule : Rule or None
        The prior around it; None if there is none, or it is no distribution.
    parameter : ParameterRule or None
        The parameter of that prior it belongs to.
    """

    path: Path
    kind: str = ""
    inside: str = ""
    rule: Rule | None = None
    parameter: ParameterRule | None = None

    @property
    def key(self) -> str:
        """The last name on the way, whatever the indices behind it; empty if there is none."""
        return next((step for step in reversed(self.path) if isinstance(step, str)), "")

    @property
    def is_element(self) -> bool:
        """Whether it is an element of a list."""
        return bool(self.path) and isinstance(self.path[-1], int)

    @property
    def numbers(self) -> str:
        """What may stand here, where numbers may."""
        if self.rule is not None and self.key in self.rule.bounds:
            return "a number"
        if self.key == "centered":
            return "weights in [0, 1]" if self.is_element else CENTERED
        if self.parameter is None:
            return "numbers" if self.is_element else "a number or a list of numbers"
        return elements_of(self.parameter) if self.is_element else expected_of(self.parameter)


def spot(location: tuple[str | int, ...]) -> Spot:
    """Return the spot of an error, from its location with the kinds marked in it."""
    path: list[str | int] = []
    rule: Rule | None = None
    parameter: ParameterRule | None = None
    kind, steps = "", 0
    in_file = False
    for step in location:
        if isinstance(step, str) and step.startswith(MARK):
            kind, steps = step.removeprefix(MARK), 0
            in_file = in_file or kind == "file"
            name = kind.removesuffix(FLAT)
            if name in rules() or name == BY_COORD or name in WRAPPERS:
                rule, parameter = rules().get(name), None
            continue
        steps += 1
        if isinstance(step, str) and rule is not None and parameter is None:
            parameter = rule.parameters.get(step)
        path.append(step)
    inside = str(path[-2]) if steps > 1 else ""
    if path and path[-1] == _KEY:
        path.pop()
    if in_file and path[0] == PRIORS_KEY and len(path) > 1:
        path = path[1:]
    return Spot(tuple(path), kind, inside, rule, parameter)


def expected_of(parameter: ParameterRule) -> str:
    """Return what a parameter may be."""
    if parameter.is_flag:
        return "true or false"
    adjective, ends = _numbers(parameter)
    prior = "" if parameter.numbers_only else ", or a prior"
    return f"a {adjective}number{ends}, a list or DataArray of such{prior}{_meaning(parameter)}"


def elements_of(parameter: ParameterRule) -> str:
    """Return what the elements of an array of a parameter may be."""
    adjective, ends = _numbers(parameter)
    return f"{adjective}numbers{ends}{_meaning(parameter)}"


def _numbers(parameter: ParameterRule) -> tuple[str, str]:
    support = REAL if parameter.within_bounds else parameter.support
    if support == POSITIVE:
        return "positive ", ""
    return "", support.numbers.removeprefix("finite numbers")


def _meaning(parameter: ParameterRule) -> str:
    return f" ({parameter.meaning})" if parameter.meaning else ""
