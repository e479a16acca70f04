"""What only a person knows of a family: when to use it, and its formulas as they are printed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Setting:
    """One support of a family, and the laws drawn on it.

    Parameters
    ----------
    theta : str
        The unconstrained variable as a function of ``phi``, in LaTeX.
    laws : tuple of dict
        Parameters of the laws that are drawn and tabulated.
    bounds : dict
        What makes the support, by keyword; without it, the usual one.
    """

    theta: str
    laws: tuple[dict[str, float], ...]
    bounds: dict[str, float] = field(default_factory=dict)

    def written(self, name: str, law: dict[str, float]) -> str:
        """Return one of the laws as it is written in Python."""
        said = ", ".join(f"{key}={value:g}" for key, value in {**law, **self.bounds}.items())
        return f"{name}({said})"


@dataclass(frozen=True)
class Record:
    """What a page says of a family that the library does not know.

    Parameters
    ----------
    summary : str
        One sentence.
    effects : tuple of (str, str)
        Effects and how their prior is written, one row of the table of families each.
    use : tuple of str
        When to use it, and when another.
    example : str
        The block of code: it defines ``prior``, and a ``model`` with the variable ``effect``.
    settings : tuple of Setting
        The supports.
    formulas : str
        From the moments to location and scale and back, in Markdown with LaTeX.
    source : str
        Where the formulas stand.
    beside : str or None
        The family whose law with the same moments is drawn beside the first law.
    note : str
        A limit that has to be known.
    """

    summary: str
    effects: tuple[tuple[str, str], ...]
    use: tuple[str, ...]
    example: str
    settings: tuple[Setting, ...]
    formulas: str
    source: str
    beside: str | None = None
    note: str = ""

    def run_example(self) -> dict[str, Any]:
        """Run the block of code and return what it defined."""
        namespace: dict[str, Any] = {}
        exec(compile(self.example, "example of a family", "exec"), namespace)  # noqa: S102  # its own example
        return namespace


#: The note of families whose scale has no closed form.
SOLVED = (
    "The scale of the unconstrained variable is the root of an equation, which is solved whenever "
    "the density is evaluated. Models compile with Numba and C, not with JAX."
)
