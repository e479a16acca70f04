"""What stands below PyMC imports none of it, and imports go down."""

from __future__ import annotations

import ast
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import unfunnel

ROOT = Path(unfunnel.__file__).parent
FILES = {
    ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(ROOT.rglob("*.py"))
}
#: Of the files of priors only what makes and takes apart the objects themselves needs PyMC.
WITH_PYMC = {"unfunnel.files.encode", "unfunnel.files.revival"}
PACKAGES = {
    name
    for name in FILES
    if name.startswith(("unfunnel.families", "unfunnel.elicitation.scales", "unfunnel.files"))
} - WITH_PYMC
PURE = sorted(
    PACKAGES
    | {"unfunnel"}
    | {
        f"unfunnel.{name}"
        for name in (
            "prior.by_coord.codec",
            "prior.codec",
            "parameterization.choices",
            "prior.equality",
            "errors",
            "optional",
            "figure_style",
            "families.links",
            "families.number_functions",
            "families.ops",
            "distributions.half_t",
            "intervals",
            "distributions.known",
            "names",
            "distributions.value_checks",
            "alignment",
            "prior.parameters",
            "populations",
            "files.revive",
            "moments.medians_and_modes",
            "moments.random_parameters",
            "moments.marginal",
            "moments.measures",
            "moments.options",
            "moments.quantiles",
            "moments.scores",
            "distributions.support_checks",
            "distributions.support_ends",
            "distributions.hyperpriors",
            "files.xarray_engine",
            "structures.contrasts",
            "structures.zero_sum_options",
        )
    }
)
HEAVY = ("pymc", "pytensor", "pymc_extras")


def imported(module):
    """Return the names of the modules that a module imports when it is imported itself."""
    found = set()
    for node in at_import(ast.parse(FILES[module].read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            nested = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= (nested & FILES.keys()) or {node.module}
    return found


def at_import(node):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from at_import(child)


def test_pure_modules_load_no_pymc():
    code = (
        "import sys\n"
        f"for name in {PURE}:\n"
        "    __import__(name)\n"
        f"print(sorted(set({HEAVY}) & set(sys.modules)))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


@pytest.mark.parametrize("module", PURE)
def test_imports_go_down(module):
    names = imported(module)
    assert {name for name in names if name.split(".")[0] == "unfunnel"} <= set(PURE)
    assert not {name for name in names if name.split(".")[0] in HEAVY}


def test_imports_go_in_no_circle():
    graph = {module: imported(module) & FILES.keys() for module in FILES}
    assert set(TopologicalSorter(graph).static_order()) == set(FILES)  # raises on a circle
