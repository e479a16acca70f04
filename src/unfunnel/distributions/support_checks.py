"""Whether the numbers and hyperpriors given for a parameter are inside its support."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np

from unfunnel.distributions.support_ends import Support, hyperprior_inside
from unfunnel.errors import ParameterError, SupportWarning, described
from unfunnel.families import Parameter
from unfunnel.intervals import POSITIVE


def check_parameter_values(subject: str, parameter: Parameter, values: np.ndarray) -> None:
    """Refuse numbers outside the support; the message says which element."""
    bad = ~np.isfinite(values)
    inside = parameter.support.holds(values)
    if inside is not None:
        bad |= ~inside
    if not bad.any():
        return
    index = tuple(int(i) for i in np.argwhere(bad)[0])
    where = f" at index {index if len(index) > 1 else index[0]}" if index else ""
    zero = values[index] == 0 and parameter.support == POSITIVE
    below = parameter.if_below if (values < parameter.support.lower).all() else ""
    raise ParameterError(
        subject,
        expected=f"{parameter.support.numbers} ({parameter.meaning})",
        given=f"{values[index]}{where}",
        remedy=_ZERO_REMEDY if zero else below,
    )


_ZERO_REMEDY = (
    "A standard deviation of 0 is complete pooling, and a mean of 0 leaves nothing positive."
)


def check_support(
    subject: str, parameter: Parameter, support: Support, value: object, warn: bool = True
) -> None:
    """Refuse a hyperprior that reaches where its parameter may not be; warn where that is unknown.

    Parameters
    ----------
    subject : str
        For messages.
    parameter : Parameter
        What the hyperprior is for.
    support : Support
        What is known of it.
    value : object
        The hyperprior, for messages.
    warn : bool, default True
        Whether to warn.

    Raises
    ------
    ParameterError
        If it provably puts mass outside of the support of the parameter.
    """
    allowed = parameter.support
    shown = value if isinstance(value, str) else described(value)
    if support.leaves(allowed):
        outside = support.outside(allowed)
        if not parameter.truncates:
            raise ParameterError(
                subject,
                expected=f"a hyperprior with {allowed.support} ({parameter.meaning})",
                given=f"{shown}, which puts mass {outside}",
                remedy=hyperprior_inside(allowed),
            )
        text = (
            f"{subject}: {shown} puts mass {outside}, where the density is zero "
            f"({parameter.meaning}): it is truncated there, and draws from the prior are NaN. "
            f"{hyperprior_inside(allowed)}"
        )
    elif support.stays_in(allowed):
        return
    else:
        stays = "positive" if allowed == POSITIVE else f"inside {allowed.interval}"
        text = (
            f"{subject}: could not establish that {shown} stays {stays}. Where it does "
            f"not, the density is zero. Use a hyperprior with {allowed.support} if you can."
        )
    if warn:
        warnings.warn(text, SupportWarning, skip_file_prefixes=(str(Path(__file__).parents[1]),))
