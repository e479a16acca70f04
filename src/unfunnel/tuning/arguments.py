"""Checks what ``sample``, ``tune`` and ``reparameterize`` are asked for, before anything runs."""

from __future__ import annotations

import warnings
from collections.abc import Collection, Mapping, Sequence, Set
from typing import Any

import numpy as np
import pymc as pm
from pytensor.graph.basic import Variable

from unfunnel.distributions.object_facts import number_between
from unfunnel.errors import (
    ParameterError,
    ParameterTypeError,
    UnsupportedError,
    described,
    listed,
    nearest,
)
from unfunnel.optional import require

# What a density that nutpie compiled returns where it has no value.
_ERROR_CODES = {
    "ErrorCode(1)": "an exception in it",
    "ErrorCode(3)": "a gradient that is not finite",
    "ErrorCode(4)": "a log density that is not finite",
}

# How many seeds nutpie tells apart.
_SEEDS = 2**64


def whole_model(model: Any) -> Any:
    """Return the model that was given, or else the one on the context stack.

    A submodel is refused: it knows nothing of the data outside of it.
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
    if not isinstance(model, pm.Model):
        builder = hasattr(type(model), "build_model")  # of pymc-marketing, which has its model then
        raise _wrong_type(
            "unfunnel: model",
            "a pymc.Model",
            model,
            "Call its build_model, then pass its attribute .model." if builder else "",
        )
    if model.parent is not None:
        raise UnsupportedError(
            "unfunnel",
            expected="a whole model",
            given=f"the submodel {model.name!r}",
            remedy="Pass model.root.",
        )
    return model


def require_continuous(model: Any) -> None:
    """Refuse a model that a gradient-based sampler cannot sample."""
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
        remedy = "Pass its name." if isinstance(wrong[0], Variable) else ""
        raise _wrong_type("blocks", "the name of a variable, or a list of names", wrong[0], remedy)


def names_of(blocks: str | Sequence[str]) -> list[str]:
    """Return the names of ``blocks=``, each once."""
    return list(dict.fromkeys([blocks] if isinstance(blocks, str) else blocks))


def require_known(
    blocks: Collection[str],
    known: Collection[str],
    every: str,
    reasons: Mapping[str, str],
    remedy: str = "",
) -> None:
    """Refuse names of blocks that are none, or of no block that can be tuned.

    ``every`` is the word for all blocks, ``reasons`` say why a variable is no such block.
    """
    if not blocks:
        raise ParameterError(
            "blocks",
            expected=f"names among {listed(known)}",
            given="none",
            remedy=f'blocks="{every}" is all of them.',
        )
    for name in blocks:
        if name not in known:
            why = f", which cannot be used: {reasons[name]}" if name in reasons else ""
            raise ParameterError(
                "blocks",
                expected=f"names among {listed(known)}",
                given=f"{name!r}{why}",
                remedy=f"{remedy}{nearest(name, known)}".strip(),
            )


def require_run(options: dict[str, Any], **lengths: int | None) -> None:
    """Refuse lengths of a run, under any of their names, and options that nutpie would misread.

    With lengths that are not positive whole numbers nutpie panics or waits forever; None is what
    was not given. A trace that is not finished gets no further groups.
    """
    names = ("num_draws", "num_tune", "num_chains", "cores")
    for name, count in (lengths | {name: options.get(name) for name in names}).items():
        subject = f"unfunnel.sample: {name}"
        if count is None:
            continue
        if isinstance(count, bool) or not isinstance(count, int | np.integer):
            raise _wrong_type(subject, "a whole number", count)
        if count < 1:
            raise ParameterError(subject, expected="at least 1", given=repr(count))
    if options.get("target_accept") is not None:
        number_between("unfunnel.sample", "target_accept", options["target_accept"], 0.0, 1.0)
    for option, only in (("blocking", True), ("return_raw_trace", False)):
        if options.get(option, only) is not only:
            raise UnsupportedError(
                f"unfunnel.sample: {option}",
                expected=f"{only}, as groups are added to the finished trace",
                given=repr(options[option]),
                remedy="Call unfunnel.tune(model), then nutpie.sample.",
            )


def compile_options(given: Any) -> dict[str, Any]:
    """Return what is passed to ``nutpie.compile_pymc_model``; refuse what is no such dictionary."""
    if given is None:
        return {}
    if not (isinstance(given, Mapping) and all(isinstance(name, str) for name in given)):
        expected = "a dictionary of options of nutpie.compile_pymc_model, by their names"
        raise _wrong_type("compile_kwargs", expected, given)
    return dict(given)


class _OptionsAccepted(Exception):
    """Something was asked about the model: the options had been accepted."""


class _NoModel:
    def __getattr__(self, name: str) -> Any:
        raise _OptionsAccepted


def require_options(given: dict[str, Any], defaults: dict[str, Any]) -> None:
    """Refuse options that nutpie does not know, before the pilot and not after it.

    ``nutpie.sample`` itself checks them, before it looks at the model. ``defaults`` are what they
    will be passed with.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # said again when it samples
            # Without a progress bar, which a notebook would show before the model is looked at.
            quiet = {"progress_bar": False}
            require("nutpie", "sample").sample(_NoModel(), **(defaults | given | quiet))
    except _OptionsAccepted:
        return
    except (AttributeError, TypeError, ValueError, OverflowError) as error:
        raise ParameterError(
            "unfunnel.sample",
            expected="options of nutpie.sample",
            given=f"{listed(given)}; nutpie says: {reason_of(error)}",
        ) from error


def reason_of(error: Exception) -> str:
    """Return what nutpie says in one line, without the stack of its own that may follow."""
    line = " ".join(str(error).partition("Stack backtrace:")[0].split())
    for code, meaning in _ERROR_CODES.items():
        line = line.replace(code, meaning)
    return line


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


def _wrong_type(subject: str, expected: str, given: Any, remedy: str = "") -> ParameterTypeError:
    return ParameterTypeError(
        subject,
        expected=expected,
        given=f"{described(given)} of type {type(given).__name__}",
        remedy=remedy,
    )
