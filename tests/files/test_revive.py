"""How upstream learns of our priors, without anybody importing more than they ask for."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest
from pymc_extras.deserialize import DESERIALIZERS, deserialize
from pymc_extras.prior import Prior

from unfunnel import LogNormalExp, patch_prior_from_dict, revive
from unfunnel.errors import DecodeError
from unfunnel.prior.codec import is_ours


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout


def test_importing_the_package_imports_no_pymc():
    code = "import sys, unfunnel; print([m for m in sys.modules if m.split('.')[0] in {names}])"
    names = ["pymc", "pymc_extras", "pytensor", "xarray", "numpy", "preliz", "nutpie"]
    assert run(code.format(names=names)).strip() == "[]"


@pytest.mark.parametrize("first", ["unfunnel", "pymc_extras.deserialize"])
def test_a_new_process_revives_whatever_is_imported_first(first):
    second = {"unfunnel": "pymc_extras.deserialize"}.get(first, "unfunnel")
    code = f"""
import {first}, {second}
from pymc_extras.deserialize import deserialize
print(deserialize({{"dist": "LogNormalExp", "kwargs": {{"mu": 1, "sigma": 2}}}}))
"""
    assert run(code).strip() == "LogNormalExp(mu=1, sigma=2)"


def test_ours_stands_in_front_once():
    revive.register()
    revive.register()
    ours = [known for known in DESERIALIZERS if known.deserialize is revive._from_dict]
    assert len(ours) == 1
    assert DESERIALIZERS[0] is ours[0]


def test_others_are_left_to_upstream():
    data = Prior("Normal", mu=0, sigma=1).to_dict()
    assert type(deserialize(data)) is Prior
    assert not any(is_ours(x) for x in (data, {}, [], None, "LogNormalExp", {"dist": {}}))


def test_what_is_wrong_with_ours_is_said():
    with pytest.raises(Exception, match="LogNormalExp") as caught:
        deserialize({"dist": "LogNormalExp", "kwargs": {"mu": 1, "sigma": 1}, "centred": True})
    assert isinstance(caught.value.__cause__, DecodeError)


def test_patching_from_dict_is_idempotent_and_reversible():
    original = Prior.__dict__["from_dict"]
    data = LogNormalExp(1, 2).to_dict()
    undo = patch_prior_from_dict()
    try:
        patched = Prior.__dict__["from_dict"]
        again = patch_prior_from_dict()
        assert Prior.__dict__["from_dict"] is patched
        assert type(Prior.from_dict(data)) is LogNormalExp
        assert type(Prior.from_dict(Prior("Normal").to_dict())) is Prior
    finally:
        undo()
    assert Prior.__dict__["from_dict"] is original
    again()
    undo()
    assert Prior.__dict__["from_dict"] is original


def test_a_module_that_is_still_being_imported(monkeypatch):
    name = "pymc_extras.deserialize"
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setitem(sys.modules, name, ModuleType(name))
    revive.register()
    revive.register()
    assert [type(finder) for finder in sys.meta_path].count(revive._Finder) == 1


def test_the_finder_leaves_when_its_work_is_done():
    code = """
import sys, unfunnel
count = lambda: sum(type(finder).__name__ == "_Finder" for finder in sys.meta_path)
before = count()
import pymc_extras.deserialize
print(before, count())
"""
    assert run(code).split() == ["1", "0"]


def test_a_class_of_ones_own_revives_as_itself():
    class Effect(LogNormalExp):
        """A prior with another name."""

    data = Effect(1, 2, dims="geo").to_dict()
    assert type(Effect.from_dict(data)) is Effect
    assert Effect.from_dict(data) == Effect(1, 2, dims="geo")
    assert type(LogNormalExp.from_dict(data)) is LogNormalExp
