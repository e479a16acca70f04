"""The one template of the pages, and the table of families."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from family_gallery.facts import (
    CENTERINGS,
    NAME,
    PROBABILITIES,
    dictionary,
    model_of,
    names_in,
    number_rows,
    parameter_rows,
)
from family_gallery.record import Record
from family_gallery.records import RECORDS
from unfunnel.families import FAMILIES, Family

_MADE = "<!-- Written by docs/make_families.py from docs/family_gallery. Do not edit. -->"

# Of the lines of a page, in characters.
_WIDTH = 100

#: M and S of each, as in ``unfunnel.parameterization.choices``.
COORDINATES = {
    True: ("0", "1"),
    False: (r"\mathrm{location}", r"\mathrm{scale}"),
    0.5: (
        r"\mathrm{location} - w\,r\,(\mathrm{location} - \mathrm{location}_0)",
        r"\mathrm{scale}_0\,r",
    ),
    "auto": (r"(\mathrm{location} + \mathrm{scale}^2\,b) / q^2", r"\mathrm{scale} / q"),
    "offset": (r"\mathrm{location}", r"\mathrm{scale}"),
}
_CENTERED = {0.5: "a weight `w`"}

_PAGE = """\
{made}

# {name}

{summary}

## When to use it

{use}

```python
{example}```

## Support and parameters

{supports}

{parameters}

`mu` is the mean and `sigma` the standard deviation of the variable itself, exactly, for every draw
of the hyperparameters.{note}

## Densities

![Densities of {name}, and of one element of the hierarchy above](../_static/{picture})

The last panel shows the example above: what single draws of its hyperparameters say about one
element (thin), and what the prior says, their average (thick).
{beside}

{numbers}

## Formulas

{formulas}

Source: {source}.

The logarithm of the density is
$\\log p_0(z) - \\log \\mathrm{{scale}} + \\log |d\\theta / d\\phi|$ with
$z = (\\theta - \\mathrm{{location}}) / \\mathrm{{scale}}$ and $p_0$ the density of the base law.

## Centerings

The sampler works with $v$, where $\\theta = M + S v$. The model, and the trace, are the same for
each:

{centerings}

A weight is 0 for non-centered and 1 for centered, with
$r = (\\mathrm{{scale}} / \\mathrm{{scale}}_0)^{{1 - w}}$ and typical values
$\\mathrm{{location}}_0$, $\\mathrm{{scale}}_0$. With `"auto"`,
$q = \\sqrt{{1 + I\\,\\mathrm{{scale}}^2}}$ and $b = I x$: the information $I$ that the pilot
finds in the data on an element, and the $\\theta$ at which its likelihood is highest, $x$; $I$ and
$b$ are 0 until tuned. With `"offset"`, $v$ is a variable of the model and `{variable}` is computed
from it. See [which one to use](../choosing.md).

## In a model and in a file

{variables}
Saved, `prior` is

```json
{json}
```
"""

_INDEX = """\
{made}

# Families

Which prior suits your effects? All of them are stated by mean and standard deviation in natural
units, take the same options, and go wherever a `Prior` goes.

{table}

```{{toctree}}
:maxdepth: 1

{pages}
```
"""


def page_name(name: str) -> str:
    """Return the name of the page of a family, without suffix."""
    return name.lower()


def picture_name(name: str) -> str:
    """Return the file name of the picture of a family."""
    return f"family_{page_name(name)}.png"


def families_table(folder: str = "") -> str:
    """Return the table of families, with links to pages that lie in ``folder``."""
    return _table(
        ("your effects", "prior"),
        (
            (effects, f"[`{written}`]({folder}{page_name(name)}.md)")
            for name, record in RECORDS.items()
            for effects, written in record.effects
        ),
    )


def index() -> str:
    """Return the page that lists the families."""
    pages = "\n".join(page_name(name) for name in RECORDS)
    return _INDEX.format(made=_MADE, table=families_table(), pages=pages)


def page(name: str) -> str:
    """Return the page of a family."""
    family, record = FAMILIES[name], RECORDS[name]
    example = record.run_example()
    free, derived, _value = names_in(example["model"])
    return _PAGE.format(
        made=_MADE,
        name=name,
        summary=record.summary,
        use=_list(record.use),
        example=record.example,
        supports=_supports(family, record),
        parameters=_table(
            ("keyword", "values", "units", "meaning"),
            ((f"`{keyword}`", *rest) for keyword, *rest in parameter_rows(family)),
        ),
        note=f"\n\n{_folded(record.note)}" if record.note else "",
        picture=picture_name(name),
        beside=_beside(record),
        numbers=_numbers(family, record),
        formulas=record.formulas.strip(),
        source=record.source,
        centerings=_centerings(example),
        variable=NAME,
        variables=_variables(free, derived),
        json=dictionary(example["prior"]),
    )


def _supports(family: Family, record: Record) -> str:
    def rows() -> Iterable[tuple[str, ...]]:
        for setting in record.settings:
            at = family.at(**setting.bounds)
            keywords = ", ".join(f"`{key}={value:g}`" for key, value in setting.bounds.items())
            variable = f"`{at.distribution}`" + (", PyMC's" if at.in_pymc else "")
            support = at.link.support.interval
            yield keywords or "usual", support, f"${setting.theta}$", at.base.name, variable

    heads = ("", "support", r"unconstrained variable $\theta$", "base law", "random variable")
    return _table(heads, rows())


def _beside(record: Record) -> str:
    if record.beside is None:
        return ""
    return f"Dashed: {record.beside} with the moments of the first curve.\n"


def _numbers(family: Family, record: Record) -> str:
    quantiles = (f"{100 * p:g} %" for p in PROBABILITIES)
    return _table(
        ("law", "location", "scale", *quantiles),
        (
            (f"`{setting.written(family.name, law)}`", *(f"{x:.4g}" for x in numbers))
            for setting in record.settings
            for law, numbers in number_rows(family, setting)
        ),
    )


def _centerings(example: dict) -> str:
    def rows() -> Iterable[tuple[str, ...]]:
        prior = example["prior"]
        coords = dict(example["model"].coords)
        for centered in CENTERINGS:
            location, scale = COORDINATES[centered]
            *_names, value = names_in(model_of(prior, coords, centered))
            said = f'`"{centered}"`' if isinstance(centered, str) else f"`{centered}`"
            yield _CENTERED.get(centered, said), f"${location}$", f"${scale}$", f"`{value}`"

    return _table(("`centered=`", "$M$", "$S$", "what is sampled"), rows())


def _names(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _variables(free: Iterable[str], derived: Iterable[str]) -> str:
    computed = f"; computed from these, {_names(derived)}" if derived else ""
    return _folded(f"The random variables of the example are {_names(free)}{computed}.")


def _list(items: Iterable[str]) -> str:
    return "\n".join(_folded(f"- {item}", "  ") for item in items)


def _folded(text: str, indent: str = "") -> str:
    return textwrap.fill(
        text,
        _WIDTH,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    lines = [heads, ("---",) * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
