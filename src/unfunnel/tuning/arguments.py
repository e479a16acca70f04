"""What ``sample``, ``tune`` and ``reparameterize`` are asked for, checked before anything runs."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.basic import Variable

from unfunnel.distributions.value_checks import number_between
from unfunnel.errors import (
    ParameterError,
    ParameterTypeError,
    UnsupportedError,
    described,
    listed,
)
from unfunnel.optional import require
from unfunnel.tuning.compiled import reason_of

# How many seeds nutpie tells apart.
_SEEDS = 2**64


def the_model(model: Any) -> Any:
    """Return the model that was given, or else the one on the context stack.

    Raises
    ------
    ParameterTypeError
        If it is no model, such as a model builder that has one, or there is none.
    UnsupportedError
        If it is a submodel, which knows nothing of the data outside of it.
    """
    if model is None:
        model = pm.Model.get_context(error_if_none=False)
    if model is None:
        raise ParameterTypeError(
            "unfunnel: model",
            expected="a pymc.Model",
            given="none, and there is none on the context stack",
            remedy="Pass the model, or call this inside of `with model:`.",
        )
    if isinstance(model, pm.Model):
        if model.parent is not None:
            raise UnsupportedError(
                "unfunnel",
                expected="a whole model",
                given=f"the submodel {model.name!r}",
                remedy="Pass model.root.",
            )
        return model
    builder = hasattr(type(model), "build_model")  # of pymc-marketing, which has its model then
    raise ParameterTypeError(
        "unfunnel: model",
        expected="a pymc.Model",
        given=f"{described(model)} of type {type(model).__name__}",
        remedy="Call its build_model, then pass its attribute .model." if builder else "",
    )


def require_counts(**counts: int | None) -> None:
    """Refuse numbers of draws, chains and the like that are not positive whole numbers.

    Parameters
    ----------
    **counts : int or None
        By the name of the argument; None is what was not given.

    Raises
    ------
    ParameterTypeError
        If one is no whole number.
    ParameterError
        If one is smaller than 1: nutpie panics or waits forever.
    """
    for name, count in counts.items():
        if count is None:
            continue
        if isinstance(count, bool) or not isinstance(count, int | np.integer):
            raise ParameterTypeError(
                f"unfunnel.sample: {name}",
                expected="a whole number",
                given=f"{described(count)} of type {type(count).__name__}",
            )
        if count < 1:
            raise ParameterError(
                f"unfunnel.sample: {name}", expected="at least 1", given=repr(count)
            )


def require_acceptance(target_accept: float | None) -> None:
    """Refuse a target acceptance rate that is no rate, which nutpie would take as it is."""
    if target_accept is not None:
        number_between("unfunnel.sample", "target_accept", target_accept, 0.0, 1.0)


def require_finished_trace(options: dict[str, Any]) -> None:
    """Refuse options of ``nutpie.sample`` with which it does not return a finished trace."""
    for option, only in (("blocking", True), ("return_raw_trace", False)):
        if options.get(option, only) is not only:
            raise UnsupportedError(
                f"unfunnel.sample: {option}",
                expected=f"{only}, as groups are added to the finished trace",
                given=repr(options[option]),
                remedy="Call unfunnel.tune(model), then nutpie.sample.",
            )


class _Asked(Exception):
    """Something was asked about the model: the options had been accepted."""


class _NoModel:
    def __getattr__(self, name: str) -> Any:
        raise _Asked


def require_options(given: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Refuse options that nutpie does not know, before the pilot and not after it.

    They are checked by ``nutpie.sample`` itself, which does that before it looks at the model.

    Parameters
    ----------
    given : dict
        Options of ``nutpie.sample``.
    defaults : dict
        What they will be passed with.

    Raises
    ------
    ParameterError
        If there is no such option, or none under that adaptation, or its value is of another kind.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # said again when it samples
            # Without a progress bar, which a notebook would show before the model is looked at.
            quiet = {"progress_bar": False}
            require("nutpie", "sample").sample(_NoModel(), **(defaults | given | quiet))
    except _Asked:
        return
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise ParameterError(
            "unfunnel.sample",
            expected="options of nutpie.sample",
            given=f"{listed(given)}; nutpie says: {reason_of(error)}",
        ) from error


def compile_options(given: Any) -> dict[str, Any]:
    """Return what is passed to ``nutpie.compile_pymc_model``; refuse what is no such dictionary."""
    if given is None:
        return {}
    if not (isinstance(given, Mapping) and all(isinstance(name, str) for name in given)):
        raise ParameterTypeError(
            "compile_kwargs",
            expected="a dictionary of options of nutpie.compile_pymc_model, by their names",
            given=f"{described(given)} of type {type(given).__name__}",
        )
    return dict(given)


def require_continuous(model: Any) -> None:
    """Refuse what a gradient-based sampler cannot sample."""
    if not model.free_RVs:
        raise UnsupportedError(
            "unfunnel", expected="a model with free random variables", given="none of them"
        )
    discrete = [v.name for v in model.free_RVs if v.type.dtype.startswith(("int", "uint", "bool"))]
    if discrete:
        raise UnsupportedError(
            "unfunnel",
            expected="continuous free variables only, as gradients are needed",
            given=f"the discrete {listed(discrete)}",
            remedy="Marginalize them (pymc_extras.marginalize), or use pm.sample.",
        )


def require_names(blocks: object) -> None:
    """Refuse ``blocks=`` that is no name and no collection of names, such as a variable itself."""
    given = [blocks] if isinstance(blocks, str) else blocks
    # No other iterable: of an array or a variable even the comparison with "all" has no answer.
    wrong: list[Any] = [blocks]
    if isinstance(given, Sequence | Set):
        wrong = [name for name in given if not isinstance(name, str)]
    if wrong:
        raise ParameterTypeError(
            "blocks",
            expected="the name of a variable, or a list of names",
            given=f"{described(wrong[0])} of type {type(wrong[0]).__name__}",
            remedy="Pass its name." if isinstance(wrong[0], Variable) else "",
        )


def names_of(blocks: str | Sequence[str]) -> list[str]:
    """Return the names of ``blocks=``, each once."""
    return list(dict.fromkeys([blocks] if isinstance(blocks, str) else blocks))


def require_some(chosen: Collection[str], known: Collection[str], every: str) -> None:
    """Refuse ``blocks=`` that names no block.

    Parameters
    ----------
    chosen, known : collection of str
        The names that were given, and those that may be.
    every : str
        The word for all of them.
    """
    if not chosen:
        raise ParameterError(
            "blocks",
            expected=f"names among {listed(known)}",
            given="none",
            remedy=f'blocks="{every}" is all of them.',
        )


def one_seed(seed: Any, random_seed: Any) -> int:
    """Return the seed under either of its names; a fresh one if there is none."""
    if seed is not None and random_seed is not None:
        raise ParameterError(
            "seed",
            expected="seed or random_seed, which are one argument",
            given=f"both, {seed!r} and {random_seed!r}",
        )
    given = random_seed if seed is None else seed
    if isinstance(given, int | np.integer) and not isinstance(given, bool):
        if 0 <= given < _SEEDS:
            return int(given)
    elif given is None or isinstance(given, np.random.Generator | np.random.RandomState):
        return int(np.random.default_rng(given).integers(2**31))
    raise ParameterError(
        "seed",
        expected="a non-negative whole number below 2**64 or a numpy Generator",
        given=repr(given),
    )
