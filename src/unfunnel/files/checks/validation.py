"""What is wrong with plain data that should be a file of priors: every problem, with its path.

Two steps: the shape, which pydantic checks, and what has to hold between keys
(:mod:`unfunnel.files.checks.consistency`). Neither imports PyMC, so that an editor, a pre-commit
hook or the command line may ask at any time.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic_core import SchemaValidator, ValidationError

from unfunnel.files.checks.arrays import array_problems
from unfunnel.files.checks.consistency import inconsistencies
from unfunnel.files.checks.dims import dims_problems
from unfunnel.files.checks.inside import support_problems
from unfunnel.files.checks.ordering import folded, place_in
from unfunnel.files.checks.wording import ENDLESS, problem_of
from unfunnel.files.grammar.shapes_of_priors import file_shape
from unfunnel.files.problems import Problem


def problems_of(data: Any) -> list[Problem]:
    """Return every mistake in plain data that should be a file of priors.

    Parameters
    ----------
    data : object
        As JSON or YAML was read: a file ``{"unfunnel": 1, "priors": {...}}``, or a bare mapping
        from names to priors.

    Returns
    -------
    list of Problem
        In the order of the file; empty if nothing is wrong.

    Examples
    --------
    >>> from unfunnel.files.checks.validation import problems_of
    >>> beta = {"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": "1e-3"}, "dim": "geo"}
    >>> for problem in problems_of({"beta": beta}):
    ...     print(problem)
    beta.kwargs.sigma: expected a positive number, a list or DataArray of such, or a prior (the \
standard deviation, in natural units), but got the string '1e-3'. YAML reads 1e-3 as a string even \
without quotes: write 1.0e-3 without them.
    beta.dim: expected one of the keys 'kwargs', 'dims', 'centered', 'transform', \
'zero_sum' and 'zero_sum_scale', but got an unknown key. Did you mean 'dims'?
    """
    found = problems_of_shape(data)
    if all(problem.expected != ENDLESS for problem in found):
        for more in (array_problems, dims_problems, support_problems):
            found += more(data)
    return sorted(found, key=lambda problem: place_in(data, problem.path))


def problems_of_shape(data: Any) -> list[Problem]:
    """Return the mistakes of which the JSON Schema tells that there are some.

    The others are what it cannot say: which lists are as long as others, which dims are among
    others, and where the numbers and hyperpriors of a parameter may be if that depends on bounds.

    Parameters
    ----------
    data : object
        As for :func:`problems_of`.
    """
    found = folded(problem_of(error) for error in _errors_of_shape(data))
    if all(problem.expected != ENDLESS for problem in found):
        found += inconsistencies(data)
    return found


def _errors_of_shape(data: Any) -> list[Any]:
    try:
        _validator().validate_python(data)
    except ValidationError as error:
        return error.errors(include_url=False)
    return []


@cache
def _validator() -> SchemaValidator:
    return SchemaValidator(file_shape())
