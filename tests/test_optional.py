"""Optional dependencies that are not there."""

from __future__ import annotations

import json
import sys

import pytest

from unfunnel.errors import MissingExtraError
from unfunnel.optional import require


def test_what_is_installed_is_returned():
    assert require("json", "sample") is json
    assert require("json.decoder", "sample") is json.decoder


@pytest.mark.parametrize("module", ["no_such_module", "no_such_module.part"])
def test_a_missing_one_names_the_command(module):
    with pytest.raises(MissingExtraError) as caught:
        require(module, "sample")
    assert isinstance(caught.value, ImportError)
    assert str(caught.value).endswith("Run: pip install 'unfunnel[sample]'")
    assert str(caught.value).startswith(f"{module}: expected it to be installed")


def test_an_error_inside_the_module_is_not_hidden(tmp_path, monkeypatch):
    (tmp_path / "half_installed.py").write_text("import no_such_dependency")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="no_such_dependency") as caught:
        require("half_installed", "sample")
    assert not isinstance(caught.value, MissingExtraError)
    assert "half_installed" not in sys.modules
