"""The card of a prior: what is stated, what it says, and what is sampled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
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
from unfunnel.moments.implied import description
from unfunnel.moments.report import Implied
from unfunnel.prior.by_coord import ByCoord
from unfunnel.prior.display import centering_text, value_text


@dataclass(frozen=True)
class Card:
    """What is told of one entry of a file.

    ``kind`` is the class or distribution, or the value of a constant; ``dims`` have the number of
    their labels, None if unknown; ``stated`` are parameters and options as in a call.
    """

    name: str
    kind: str
    dims: dict[str, int | None] = field(default_factory=dict)
    stated: dict[str, str] = field(default_factory=dict)
    says: Implied | None = None
    sampled: list[SampledVariable] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __rich_console__(self, console: Any, options: Any) -> Iterator[Any]:
        """Print the card: one block, with an empty line behind it."""
        from rich.padding import Padding
        from rich.text import Text

        over = ", ".join(d if n is None else f"{d} ({n})" for d, n in self.dims.items())
        over = f" over {over}" if over else ""
        yield Text.assemble((self.name, "bold"), "  ", self.kind, (over, "dim"))
        yield from _rows([*self.stated.items()])
        if self.says is not None and len(self.says.numbers):
            yield Padding(self.says.table(), (0, 0, 0, 1))
            yield Padding(Text(self.says.how(), "dim"), (0, 0, 0, 2))
        for remark in self.remarks:
            yield Padding(Text(remark), (0, 0, 0, 2))
        rows: list[tuple[str, ...]] = []
        for variable in self.sampled:
            over = f" over {', '.join(variable.dims)}" if variable.dims else ""
            law = f"{variable.distribution}{over}"
            rows.append(("" if rows else "sampled", variable.name, law, variable.coordinate))
        yield from _rows(rows)
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


def _rows(rows: Sequence[tuple[str, ...]]) -> Iterator[Any]:
    """Yield a table of texts, of which the first and the fourth column are dim."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*(Text(each, "dim" if n in (0, 3) else "") for n, each in enumerate(row)))
    if rows:
        yield Padding(table, (0, 0, 0, 2))


def _jsonable(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def card_of(name: str, prior: Any, coords: Mapping[str, Any], random_seed: int | None) -> Card:
    """Return the card of one entry of a file: a prior of any kind, a number or an array."""
    if not hasattr(prior, "create_variable"):
        return Card(name, value_text(prior), remarks=["a constant"])
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
    stated = {**prior.parameters, **getattr(prior, "bounds", {})}
    transform = getattr(prior, "transform", None)
    texts = {key: value_text(value) for key, value in stated.items()}
    return texts | ({} if transform is None else {"transform": transform})


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
