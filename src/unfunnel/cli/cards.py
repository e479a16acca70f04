"""The card of a prior: what is stated, what it says, and what is sampled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from pymc_extras.prior import Prior

from unfunnel.errors import described
from unfunnel.moments.any_prior import (
    SampledVariable,
    is_likelihood,
    own_dims,
    sampled_variables,
)
from unfunnel.moments.description import description
from unfunnel.moments.report import Implied
from unfunnel.prior.by_coord import ByCoord
from unfunnel.prior.display import centering_text, value_text


@dataclass(frozen=True)
class Card:
    """What is told of one entry of a file.

    Parameters
    ----------
    name : str
        Its name.
    kind : str
        The class or distribution; the value of a constant.
    dims : dict of str to (int or None)
        Each dim with how many labels it has, if that is known.
    stated : dict of str to str
        The parameters and options, as they are written in a call.
    says : Implied or None
        None of a constant.
    sampled : list of SampledVariable
        The free random variables.
    remarks : list of str
        What else there is to know.
    """

    name: str
    kind: str
    dims: dict[str, int | None]
    stated: dict[str, str]
    says: Implied | None
    sampled: list[SampledVariable]
    remarks: list[str]

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        """Print the card: one block, with an empty line behind it."""
        from rich.padding import Padding
        from rich.table import Table
        from rich.text import Text

        over = ", ".join(d if n is None else f"{d} ({n})" for d, n in self.dims.items())
        yield Text.assemble(
            (self.name, "bold"), "  ", self.kind, (f" over {over}" if over else "", "dim")
        )
        stated = Table.grid(padding=(0, 2))
        for key, value in self.stated.items():
            stated.add_row(Text(key, "dim"), Text(value))
        if self.stated:
            yield Padding(stated, (0, 0, 0, 2))
        if self.says is not None and len(self.says.numbers):
            yield Padding(self.says.table(), (0, 0, 0, 1))
            yield Padding(Text(self.says.how(), "dim"), (0, 0, 0, 2))
        for remark in self.remarks:
            yield Padding(Text(remark), (0, 0, 0, 2))
        if self.sampled:
            sampled = Table.grid(padding=(0, 2))
            for index, variable in enumerate(self.sampled):
                over = f" over {', '.join(variable.dims)}" if variable.dims else ""
                sampled.add_row(
                    Text("" if index else "sampled", "dim"),
                    Text(variable.name),
                    Text(f"{variable.distribution}{over}"),
                    Text(variable.coordinate, "dim"),
                )
            yield Padding(sampled, (0, 0, 0, 2))
        yield Text("")

    def to_dict(self) -> dict[str, Any]:
        """Return plain data; a number that is not finite is a text, as JSON has none."""
        numbers = [] if self.says is None else self.says.numbers.to_dict("records")
        return {
            "kind": self.kind,
            "dims": self.dims,
            "stated": self.stated,
            "numbers": [
                {key: _jsonable(value) for key, value in row.items() if value != ""}
                for row in numbers
            ],
            "sampled": [asdict(variable) for variable in self.sampled],
            "remarks": self.remarks,
        }


def _jsonable(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def card_of(name: str, prior: Any, coords: Mapping[str, Any], random_seed: int | None) -> Card:
    """Return the card of one entry of a file: a prior of any kind, a number or an array."""
    if not hasattr(prior, "create_variable"):
        return Card(name, value_text(prior), {}, {}, None, [], ["a constant"])
    return Card(
        name,
        prior.distribution if isinstance(prior, Prior) else type(prior).__name__,
        {dim: len(coords[dim]) if dim in coords else None for dim in own_dims(prior)},
        _stated(prior),
        description(prior, coords, random_seed),
        sampled_variables(prior, name, coords, centering_text),
        _remarks(prior),
    )


def _stated(prior: Any) -> dict[str, str]:
    if isinstance(prior, ByCoord):
        members = {f"{prior.dim}={label}": described(p) for label, p in prior.members.items()}
        return members | ({} if prior.default is None else {"default": described(prior.default)})
    if not hasattr(prior, "parameters"):
        own = {key: value for key, value in vars(prior).items() if not key.startswith("_")}
        return {key: value_text(value) for key, value in own.items()}
    stated = {key: value_text(value) for key, value in prior.parameters.items()}
    stated |= {key: value_text(value) for key, value in getattr(prior, "bounds", {}).items()}
    transform = getattr(prior, "transform", None)
    return stated | ({} if transform is None else {"transform": transform})


def _remarks(prior: Any) -> list[str]:
    """Say what the numbers do not."""
    remarks = []
    if is_likelihood(prior):
        remarks.append("A likelihood: its mean is that of the model.")
    if getattr(prior, "zero_sum", None) is not None:
        dims = ", ".join(prior.zero_sum.dims)
        remarks.append(
            f"Deviations sum to zero over {dims}; the scale is that of the {prior.zero_sum.scale}."
        )
    return remarks
