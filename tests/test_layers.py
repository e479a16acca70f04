"""Imports go down and in no circle, what must be quick imports no PyMC, and files stay short."""

from __future__ import annotations

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import networkx as nx

import unfunnel

ROOT = Path(unfunnel.__file__).parent
FILES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}

#: From bottom to top. A package imports from those below; not from its neighbours on a floor.
FLOORS = (
    ("errors", "intervals", "names"),
    ("alignment", "optional"),
    ("figure_style",),
    ("families",),
    ("parameterization",),
    ("distributions",),
    ("structures",),
    ("moments",),
    ("prior",),
    ("elicitation", "populations", "predict", "tuning"),
    ("files",),
    ("cli",),
    ("unfunnel",),
)
FLOOR = {name: number for number, names in enumerate(FLOORS) for name in names}

#: These packages load quickly, with all that they import at once. Of the files of priors only what
#: makes and takes apart the objects themselves needs PyMC.
WITH_PYMC = {"unfunnel.files.objects"}
PURE_PACKAGES = ("families", "elicitation.scales", "files")
HEAVY = {"pymc", "pytensor", "pymc_extras"}

#: These may only shrink. Wanted: 13,500 lines in 100 files, none of more than 320 lines.
MOST_LINES, MOST_LINES_OF_A_FILE, MOST_FILES = 19_000, 320, 116
LONG: set[str] = set()


def package(module: str) -> str:
    return module.split(".")[1] if "." in module else module


@cache
def imported(module: str, later: bool = True) -> frozenset[str]:
    """Return what a module imports; ``later``: in functions and for types, too."""
    found = set()
    for node in nodes(ast.parse(FILES[module].read_text(encoding="utf-8")), later):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 and node.module
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {name if name in FILES else node.module for name in names}
    return frozenset(found)


def nodes(node: ast.AST, later: bool):
    for child in ast.iter_child_nodes(node):
        if not later and (
            isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            or (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING")
        ):
            continue
        yield child
        yield from nodes(child, later)


def graph(later: bool = True) -> nx.DiGraph:
    edges = ((name, to) for name in FILES for to in imported(name, later) & FILES.keys())
    made = nx.DiGraph(edges)
    made.add_nodes_from(FILES)
    return made


def test_imports_go_in_no_circle():
    for circle in nx.strongly_connected_components(graph()):
        assert len(circle) == 1, sorted(circle)


def test_every_package_has_its_floor():
    assert {package(module) for module in FILES} == FLOOR.keys()


def test_imports_go_down():
    upward = {
        (module, to)
        for module, to in graph().edges
        if package(module) != package(to) and FLOOR[package(to)] >= FLOOR[package(module)]
    }
    assert not sorted(upward)


def pure() -> list[str]:
    """Return what must load quickly, with all that it loads."""
    roots = {
        name
        for name in FILES
        if name in ("unfunnel", "unfunnel.cli")
        or name.startswith(tuple(f"unfunnel.{x}" for x in PURE_PACKAGES))
    } - WITH_PYMC
    loads = graph(later=False)
    return sorted(roots.union(*(nx.descendants(loads, name) for name in roots)))


def test_what_must_be_quick_imports_no_pymc():
    heavy = {name: {x.split(".")[0] for x in imported(name, False)} & HEAVY for name in pure()}
    assert not {name: found for name, found in heavy.items() if found}


def test_what_must_be_quick_loads_no_pymc():
    code = (
        "import sys\n"
        f"for name in {pure()}:\n"
        "    __import__(name)\n"
        f"print(sorted({HEAVY} & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_files_are_short_and_few():
    lines = {name: len(path.read_text("utf-8").splitlines()) for name, path in FILES.items()}
    long = {name for name, number in lines.items() if number > MOST_LINES_OF_A_FILE}
    assert long <= {f"unfunnel.{name}" for name in LONG}
    assert sum(lines.values()) <= MOST_LINES
    assert len(lines) <= MOST_FILES
