"""``centered=``: what it takes, what it refuses, and the coordinates."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from xarray import DataArray

from unfunnel import LogNormalExp
from unfunnel.errors import CenteringError
from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.choices import NonCentered, Partial
from unfunnel.prior.parameters import validate_centering


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        (True, True),
        (np.False_, False),
        (1, True),
        (0.0, False),
        (np.float32(0.5), 0.5),
        (np.array(1.0), True),
        (DataArray(0.25), 0.25),
        ("offset", "offset"),
    ],
)
def test_canonical_form(given, canonical):
    found = validate_centering(given, "p")
    assert found == canonical
    assert type(found) is type(canonical)


@pytest.mark.parametrize("weight", [-0.1, 1.1, np.nan, np.inf, 2, np.float32(-1)])
def test_weights_outside_the_unit_interval(weight):
    with pytest.raises(CenteringError) as caught:
        LogNormalExp(1, 1, centered=weight)
    text = str(caught.value)
    assert "LogNormalExp: centered: expected true, false, a weight in [0, 1]" in text
    assert f"but got {float(weight)}." in text


def test_the_offending_weight_is_named():
    with pytest.raises(
        CenteringError, match=r"but got 1\.5 at index \(1, 0\), and 1 more like it\."
    ):
        LogNormalExp(1, 1, dims=("geo", "channel"), centered=[[0.1, 0.2], [1.5, 2.0]])
    with pytest.raises(CenteringError, match=r"but got -1\.0 at index 2\."):
        LogNormalExp(1, 1, dims="geo", centered=DataArray([0.0, 1.0, -1.0], dims="geo"))


@pytest.mark.parametrize("word", ["true", "False", "ofset", "yes", ""])
def test_strings(word):
    with pytest.raises(CenteringError) as caught:
        LogNormalExp(1, 1, centered=word)
    assert f"but got the string {word!r}." in str(caught.value)
    unquoted = "Booleans of YAML and JSON are unquoted" in str(caught.value)
    assert unquoted == (word in ("true", "False", "yes"))
    assert ("Did you mean 'offset'?" in str(caught.value)) == (word == "ofset")


@pytest.mark.parametrize("value", [None, 1j, {"a": 1}, [["a"]], object, np.array(["x"])])
def test_other_kinds(value):
    with pytest.raises(CenteringError, match=r"expected true, false, a weight in"):
        LogNormalExp(1, 1, centered=value)


def test_centered_tells_whether_there_is_a_variable_of_that_name():
    for centering in (True, False, 0.5, [0.2, 0.3]):
        prior = LogNormalExp(1, 1, dims="geo", centered=centering)
        assert prior.centered is True
    assert LogNormalExp(1, 1, centered="offset").centered is False
    prior = LogNormalExp(1, 1)
    prior.centered = 0.5
    assert prior.centering == 0.5
    with pytest.raises(CenteringError):
        prior.centered = 3


scales = st.floats(1e-6, 1e6)
locations = st.floats(-100, 100)


@given(location=locations, scale=scales, location0=locations, scale0=scales)
def test_partial_reaches_both_ends(location, scale, location0, scale0):
    center, spread = Partial(0.0, location0, scale0).center_and_spread(location, scale, NUMPY)
    assert (center, spread) == pytest.approx((location, scale), rel=1e-13)
    # Centered up to a constant shift and scale, which change no geometry.
    center, spread = Partial(1.0, location0, scale0).center_and_spread(location, scale, NUMPY)
    assert (center, spread) == pytest.approx((location0, scale0), rel=1e-12, abs=1e-12 * 200)
    assert NonCentered().center_and_spread(location, scale, NUMPY) == (location, scale)


@given(weight=st.floats(0, 1), location=locations, scale=scales, unit=st.floats(1e-3, 1e3))
def test_a_weight_means_the_same_in_every_unit(weight, location, scale, unit):
    center, spread = Partial(weight, 2.0, 0.5).center_and_spread(location, scale, NUMPY)
    other = Partial(weight, 2.0 * unit, 0.5 * unit)
    found = other.center_and_spread(location * unit, scale * unit, NUMPY)
    assert found[1] == pytest.approx(spread * unit, rel=1e-11)
    assert found[0] == pytest.approx(center * unit, rel=1e-9, abs=1e-9 * unit * (1 + spread * 200))


@given(weight=st.floats(0, 1), location=locations, scale=scales)
def test_partial_is_the_published_form_where_the_reference_is_one(weight, location, scale):
    """M = mu - w mu tau**(1 - w) and S = tau**(1 - w), Gorinova, Moore & Hoffman 2020."""
    center, spread = Partial(weight, 0.0, 1.0).center_and_spread(location, scale, NUMPY)
    expected = scale ** (1 - weight)
    assert spread == pytest.approx(expected, rel=1e-12)
    assert center == pytest.approx(
        location - weight * location * expected, rel=1e-9, abs=1e-9 * (1 + expected)
    )
