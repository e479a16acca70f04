"""What bad input gets: one message that says what was given, what was expected and what to do.

Every error is a ``ValueError`` (or ``TypeError``, ``ImportError``, ``RuntimeError``) that also
carries the three parts as attributes, so that a validator can collect them without parsing text.
This module knows no PyMC.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


class UnfunnelError(Exception):
    """Base of all errors of the library.

    It has the attributes ``subject``, what it is about, such as a parameter or the name of a
    variable; ``expected``, what would have been right; ``given``, what was found instead; and
    ``remedy``, a sentence on what to do about it, which may be empty.
    """

    def __init__(self, subject: str, *, expected: str, given: object, remedy: str = "") -> None:
        self.subject = subject
        self.expected = expected
        self.given = given
        self.remedy = remedy
        message = f"{subject}: expected {expected}, but got {given}."
        super().__init__(f"{message} {remedy}" if remedy else message)

    def __reduce__(self) -> tuple[object, ...]:
        """Pickle by parts, so that an error survives the way back from a worker process."""
        return (_rebuild, (type(self), self.subject, self.expected, self.given, self.remedy))


def _rebuild(
    cls: type[UnfunnelError], subject: str, expected: str, given: object, remedy: str
) -> UnfunnelError:
    return cls(subject, expected=expected, given=given, remedy=remedy)


class ParameterError(UnfunnelError, ValueError):
    """A parameter is missing, unknown, or outside its support."""


class ParameterTypeError(ParameterError, TypeError):
    """A parameter is of a kind that cannot be a parameter: a string, a list of strings, a class."""


class CenteringError(UnfunnelError, ValueError):
    """``centered=`` is neither a bool, a weight in [0, 1], nor a known word."""


class DimsError(UnfunnelError, ValueError):
    """Dims are duplicated, unknown to the model, or not a superset of a parameter's dims."""


class LabelError(UnfunnelError, ValueError):
    """The labels or the length of an array do not match the coords of the model."""


class DecodeError(UnfunnelError, ValueError):
    """A dictionary does not describe one of our priors."""


class UnsupportedError(UnfunnelError, NotImplementedError, ValueError):
    """The request is meaningful, but this object cannot answer it (yet)."""


class SamplingError(UnfunnelError, RuntimeError):
    """A model cannot be sampled: its log density is not finite where chains start."""


class MissingExtraError(UnfunnelError, ImportError):
    """An optional dependency is not installed."""


class SupportWarning(UserWarning):
    """It could not be established that a hyperprior stays inside the support of its parameter."""


class MomentWarning(UserWarning):
    """A hyperprior has no finite mean or variance, and so what it is a prior for has none."""


def nearest(name: str, known: Iterable[str]) -> str:
    """Return ``" Did you mean 'x'?"`` for the known name closest to ``name``, else no text."""
    near = closest(name, known)
    return "" if near is None else f" Did you mean {near!r}?"


def closest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name closest to a name, whatever the case; None if none is close."""
    by_lower_case = {each.lower(): each for each in known}
    matches = get_close_matches(name.lower(), by_lower_case, n=1, cutoff=0.6)
    return by_lower_case[matches[0]] if matches else None


def described(value: object) -> str:
    """Return the repr of an object, without the addresses that default ones show."""
    text = repr(value)
    default = text == object.__repr__(value)
    return f"<{type(value).__name__}>" if default else re.sub(r" at 0x[0-9a-fA-F]+", "", text)


def listed(names: Iterable[str]) -> str:
    """Join names as in ``"'mu' and 'sigma'"``; sets are sorted, so that a message never changes."""
    ordered = sorted(names) if isinstance(names, set | frozenset) else list(names)
    quoted = [repr(str(name)) for name in ordered]
    if len(quoted) <= 1:
        return "".join(quoted) or "none"
    return f"{', '.join(quoted[:-1])} and {quoted[-1]}"


def shown(labels: Iterable[object] | None, most: int = 6) -> str:
    """Show the first few labels of a dim, as in ``"[a, b, c, ...]"``."""
    texts = [] if labels is None else [str(label) for label in labels]
    return f"[{', '.join(texts[:most])}{', ...' if len(texts) > most else ''}]"


@dataclass(frozen=True)
class Mistake:
    """One thing that is wrong with a prior, whether an object or a file states it.

    Whoever makes a prior raises the first; the reader of files collects all.
    """

    key: str  # the parameter or option; empty for the prior as a whole
    given: str
    expected: str
    remedy: str = ""
    error: type[UnfunnelError] = ParameterError
    inside: tuple[int | str, ...] = ()  # the element of an array, or a key
    more: int = 0  # how many other elements are wrong in the same way

    @property
    def others(self) -> str:
        """What is appended to what was given, if other elements are wrong in the same way."""
        return f", and {self.more} more like it" if self.more else ""

    def as_error(self, owner: str) -> UnfunnelError:
        """Return the error of an object that is called ``owner``."""
        index = tuple(step for step in self.inside if isinstance(step, int))
        where = f" at index {index[0] if len(index) == 1 else index}" if index else ""
        subject = ": ".join(part for part in (owner, self.key) if part)
        return self.error(
            subject,
            expected=self.expected,
            given=self.given + where + self.others,
            remedy=self.remedy,
        )


def raise_first(owner: str, mistakes: Iterable[Mistake]) -> None:
    """Raise the first of some mistakes, if there is one."""
    for mistake in mistakes:
        raise mistake.as_error(owner)
