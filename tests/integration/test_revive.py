"""Our deserializer is in place whatever is imported first; the patch of ``Prior.from_dict``."""

import pickle
import re
from importlib import import_module
from pathlib import Path

import pytest
from pymc_extras.deserialize import DESERIALIZERS, deserialize
from pymc_extras.prior import Prior, UnsupportedDistributionError

import unfunnel
from integration import lines_of
from unfunnel import LogNormalExp, patch_prior_from_dict, revive

#: What a process does first, and what it prints of that.
FIRST = {
    # Who only looks for upstream leaves it to be found.
    "unfunnel": """
import importlib.util, unfunnel
importlib.util.find_spec("pymc_extras.deserialize")
""",
    "upstream": "import pymc_extras.prior, unfunnel, unfunnel as again\n",
    "a pickle": """
import pickle
read = pickle.loads(bytes.fromhex(sys.argv[1]))
assert "unfunnel" in sys.modules
from pymc_extras.deserialize import deserialize
assert deserialize(read.to_dict()) == read
print(read)
""",
}

REVIVE = """
from pymc_extras.deserialize import DESERIALIZERS, deserialize
import pymc_extras.prior
prior = deserialize({"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": 2}, "centered": False})
print(type(prior).__module__, prior)
nested = deserialize({"dist": "Normal", "kwargs": {"sigma": prior.to_dict()}})
print(nested["sigma"] == prior, type(nested).__name__)
print(sum(d.deserialize.__module__.startswith("unfunnel") for d in DESERIALIZERS))
print([finder for finder in sys.meta_path if type(finder).__module__.startswith("unfunnel")])
"""

REVIVED = [
    "unfunnel.prior.classes LogNormalExp(mu=1, sigma=2, centered=False)",
    "True Prior",
    "1",
    "[]",
]

PICKLED = LogNormalExp(LogNormalExp(2.0, 0.5), 1.0, dims="geo", centered=0.4)

#: One process for all, which is forked for each: what they all import takes the longest.
FORKED = f"""
import os, sys
import arviz, pymc
assert not {{"pymc_extras", "unfunnel"}} & set(sys.modules)
for first in {list(FIRST.values())!r}:
    sys.stdout.flush()
    child = os.fork()
    if not child:
        exec(first + {REVIVE!r})
        print("done", flush=True)
        os._exit(0)
    os.waitpid(child, 0)
"""


def test_ours_are_revived_whatever_a_process_does_first():
    printed = lines_of(FORKED, pickle.dumps(PICKLED).hex(), quick=False)
    expected = {first: [*REVIVED, "done"] for first in FIRST}
    expected["a pickle"] = [repr(PICKLED), *expected["a pickle"]]
    assert printed == [line for lines in expected.values() for line in lines]


def test_registering_again_changes_nothing():
    before = list(DESERIALIZERS)
    revive.register()
    assert list(DESERIALIZERS) == before
    assert before[0].deserialize.__module__ == "unfunnel.files.revive"


def test_public_names():
    assert set(unfunnel.__all__) <= set(dir(unfunnel))
    assert all(getattr(unfunnel, name) is not None for name in unfunnel.__all__)
    with pytest.raises(AttributeError, match="LogNormalEx'"):
        unfunnel.LogNormalEx  # noqa: B018
    stub = Path(unfunnel.__file__).with_suffix(".pyi").read_text("utf-8")
    typed = re.findall(r"^from ([\w.]+) import (\w+) as (\w+)$", stub, re.MULTILINE)
    assert sorted({"__version__", *(name for _, _, name in typed)}) == dir(unfunnel)
    for module, name, public in typed:
        assert getattr(import_module(module), name) is getattr(unfunnel, public)


def test_the_patch_is_opt_in_idempotent_and_reversible():
    upstream = Prior.__dict__["from_dict"]
    data = LogNormalExp(1, 2, centered=False).to_dict()
    with pytest.raises(UnsupportedDistributionError, match="LogNormalExp"):
        Prior.from_dict(data)
    undo = patch_prior_from_dict()
    try:
        patched = Prior.__dict__["from_dict"]
        assert patched is not upstream
        undo_again = patch_prior_from_dict()
        assert Prior.__dict__["from_dict"] is patched
        assert Prior.from_dict(data) == LogNormalExp(1, 2, centered=False)
        assert Prior.from_dict({"dist": "Normal", "kwargs": {"mu": 1}}) == Prior("Normal", mu=1)
        assert deserialize(data) == LogNormalExp(1, 2, centered=False)
    finally:
        undo()
    assert Prior.__dict__["from_dict"] is upstream
    undo_again()
    undo()
    assert Prior.__dict__["from_dict"] is upstream


def test_a_patched_subclass_call_keeps_its_class():
    class Other(Prior):
        pass

    undo = patch_prior_from_dict()
    try:
        assert type(Other.from_dict({"dist": "Normal"})) is Other
    finally:
        undo()
