"""``unfunnel describe``: a card for each prior of a file: what is stated, says, and is sampled."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from io import StringIO
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from unfunnel import names as variable_names
from unfunnel.cli.terminal import (
    CoordsFile,
    Format,
    Names,
    PriorsFile,
    busy,
    failures,
    load_priors,
    making,
    read_coords,
    say,
    typer,
    warnings_as_messages,
)
from unfunnel.errors import described
from unfunnel.optional import require

if TYPE_CHECKING:
    from unfunnel.moments.report import Implied

#: In a pipe no column is cut.
_WIDTH = 140

#: How many panels a figure has at most.
_MOST = 24


class Card(NamedTuple):
    """What is told of one entry of a file: plain data, and the moments with their laws."""

    name: str
    data: dict[str, Any]
    says: Implied | None = None


def describe(
    file: PriorsFile,
    names: Names = None,
    coords: CoordsFile = None,
    plot: Annotated[Path | None, typer.Option(help="Draw the densities to this PNG.")] = None,
    format: Annotated[Format, typer.Option(help="Cards to read, or JSON.")] = Format.text,
    seed: Annotated[int, typer.Option(help="For what has to be drawn.")] = 0,
) -> None:
    """Say what priors mean: moments and quantiles of one element, and what is sampled.

    Exit code 0; 1 if the file is not valid or has no such prior.
    """
    with failures(), warnings_as_messages():
        if plot is not None:
            require("matplotlib", "plot").use("Agg")
        labels = read_coords(coords)
        cards = []
        priors = load_priors(file, names)
        with busy("Describing"):
            for name, prior in priors.items():
                with making(name):
                    cards.append(_card(name, prior, labels, seed))
        if format is Format.json:
            data = {card.name: card.data for card in cards}
            typer.echo(json.dumps(data, indent=2, ensure_ascii=False))
        else:
            _print(cards)
        if plot is not None:
            _draw(cards, plot)


def _card(name: str, prior: Any, coords: Mapping[str, Any], seed: int) -> Card:
    """Describe a prior of any kind, a number or an array."""
    from pymc_extras.prior import Prior

    from unfunnel.moments.any_prior import own_dims
    from unfunnel.moments.implied import description
    from unfunnel.prior.display import value_text

    if not hasattr(prior, "create_variable"):
        nothing: dict[str, Any] = {"dims": {}, "stated": {}, "numbers": [], "sampled": []}
        return Card(name, {"kind": value_text(prior), **nothing, "remarks": ["a constant"]})
    says = description(prior, coords, seed)
    rows = says.numbers.to_dict("records")
    data = {
        "kind": prior.distribution if isinstance(prior, Prior) else type(prior).__name__,
        "dims": {dim: len(coords[dim]) if dim in coords else None for dim in own_dims(prior)},
        "stated": _stated(prior),
        "numbers": [{k: _jsonable(v) for k, v in row.items() if v != ""} for row in rows],
        "sampled": sampled_variables(prior, name, coords),
        "remarks": _remarks(prior),
    }
    return Card(name, data, says)


def sampled_variables(prior: Any, name: str, coords: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the free random variables that a prior creates, as a model shows them.

    ``coordinate`` says how one is centered, if it is a prior of ours. A likelihood creates none.
    """
    import pymc as pm

    from unfunnel.moments.any_prior import create, is_likelihood, own_coords
    from unfunnel.prior.display import centering_text

    if is_likelihood(prior):
        return []
    with pm.Model(coords={**own_coords(prior), **coords}, model=None) as model:
        create(prior, name)
    centerings = dict(_centerings(prior, name, model.coords))
    sampled = []
    for variable in model.free_RVs:
        op, called = variable.owner.op, variable.name
        sampled.append(
            {
                "name": called,
                "distribution": getattr(op, "_print_name", (type(op).__name__,))[0],
                "dims": tuple(str(dim) for dim in model.named_vars_to_dims.get(called, ())),
                "coordinate": centering_text(centerings[called]) if called in centerings else "",
            }
        )
    return sampled


def _centerings(prior: Any, name: str, coords: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield the names of the variables that are priors of ours, with how each is centered."""
    from unfunnel.moments.any_prior import is_of_family

    if is_of_family(prior):
        yield name, prior.centering
    for key, value in getattr(prior, "parameters", {}).items():
        yield from _centerings(value, variable_names.child(name, key), coords)
    if isinstance(members := getattr(prior, "members", None), Mapping):
        for label in coords[prior.dim]:
            member = members.get(label, prior.default)
            yield from _centerings(member, variable_names.member(name, label), coords)


def _jsonable(value: Any) -> Any:
    return str(value) if isinstance(value, float) and not isfinite(value) else value


def _stated(prior: Any) -> dict[str, str]:
    """Return parameters and options as in a call."""
    from unfunnel.prior.by_coord import ByCoord
    from unfunnel.prior.display import value_text

    if isinstance(prior, ByCoord):
        members = {f"{prior.dim}={label}": described(p) for label, p in prior.members.items()}
        return members | ({} if prior.default is None else {"default": described(prior.default)})
    if hasattr(prior, "parameters"):
        stated = {**prior.parameters, **getattr(prior, "bounds", {})}
    else:
        stated = {key: value for key, value in vars(prior).items() if not key.startswith("_")}
    transform = getattr(prior, "transform", None)
    texts = {key: value_text(value) for key, value in stated.items()}
    return texts | ({} if transform is None else {"transform": transform})


def _remarks(prior: Any) -> list[str]:
    """Say what the numbers do not."""
    from unfunnel.moments.any_prior import is_likelihood

    remarks = ["A likelihood: its mean is that of the model."] if is_likelihood(prior) else []
    if (zero_sum := getattr(prior, "zero_sum", None)) is not None:
        dims = ", ".join(zero_sum.dims)
        scale = f"the scale is that of the {zero_sum.scale}."
        remarks.append(f"Deviations sum to zero over {dims}; {scale}")
    return remarks


def _print(cards: list[Card]) -> None:
    """Print cards: as wide as the terminal; in a pipe, whole and without blanks at line ends."""
    rich = require("rich.console", "cli")
    console = rich.Console(highlight=False)
    if console.is_terminal:
        console.print(*map(_block, cards), sep="\n")
        return
    text = StringIO()
    rich.Console(file=text, highlight=False, width=_WIDTH).print(*map(_block, cards), sep="\n")
    typer.echo("\n".join(line.rstrip() for line in text.getvalue().splitlines()))


def _block(card: Card) -> Any:
    """Return a card as rich prints it, with an empty line behind it."""
    from rich.console import Group
    from rich.padding import Padding
    from rich.text import Text

    data = card.data
    over = ", ".join(d if n is None else f"{d} ({n})" for d, n in data["dims"].items())
    title = (card.name, "bold"), "  ", data["kind"], (f" over {over}" if over else "", "dim")
    parts = [Text.assemble(*title), *_grid(data["stated"].items())]
    if card.says is not None and len(card.says.numbers):
        parts.append(Padding(card.says.table(), (0, 0, 0, 1)))
        parts.append(Padding(Text(card.says.how(), "dim"), (0, 0, 0, 2)))
    parts += [Padding(Text(remark), (0, 0, 0, 2)) for remark in data["remarks"]]
    heads = ["sampled", *[""] * len(data["sampled"])]
    rows = []
    for head, each in zip(heads, data["sampled"], strict=False):
        over = f" over {', '.join(each['dims'])}" if each["dims"] else ""
        rows.append((head, each["name"], f"{each['distribution']}{over}", each["coordinate"]))
    return Group(*parts, *_grid(rows), "")


def _grid(rows: Iterable[tuple[str, ...]]) -> list[Any]:
    """Return a table of texts, of which the first and the fourth column are dim; none of no row."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table.grid(padding=(0, 2))
    for row in rows:
        table.add_row(*(Text(each, "dim" if n in (0, 3) else "") for n, each in enumerate(row)))
    return [Padding(table, (0, 0, 0, 2))] if table.row_count else []


def _draw(cards: list[Card], path: Path) -> None:
    """Draw one element of each prior, at each label if they differ, to a PNG."""
    panels = [
        (card, card.says, law.labels)
        for card in cards
        if card.says is not None
        for law in card.says.laws
        if law.level == "element"
    ]
    if not panels:
        say(f"{path} is not written: there is no prior with a law.")
        return
    if len(panels) > _MOST:
        say(f"{path} shows the first {_MOST} of {len(panels)} laws; name priors to see others.")
        panels = panels[:_MOST]
    plt = require("matplotlib.pyplot", "plot")
    columns = min(2, len(panels))
    rows = -(-len(panels) // columns)
    size = (5.5 * columns, 2.6 * rows)
    figure, axes = plt.subplots(rows, columns, figsize=size, layout="constrained", squeeze=False)
    drawn = list(axes.flat)[: len(panels)]
    for ax in list(axes.flat)[len(panels) :]:
        ax.set_axis_off()
    for ax, (card, says, labels) in zip(drawn, panels, strict=True):
        says.plot(ax, **labels)
        ax.set_title(card.name, loc="left", fontweight="bold")
        at = ", ".join(f"{dim} {label}" for dim, label in labels.items())
        ax.set_title(at or card.data["kind"], loc="right", fontsize=9)
        ax.set_xlabel("")
    legends = sorted(drawn, key=lambda ax: -len(ax.get_legend().get_texts()))
    for ax in legends[1:]:  # one has it all
        ax.get_legend().remove()
    figure.savefig(path, dpi=150)
    plt.close(figure)
