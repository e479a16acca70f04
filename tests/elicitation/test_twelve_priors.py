"""Twelve priors of a standard deviation, to every digit of a table computed from exact formulas.

The table was computed with 40 digits, apart from this library.
"""

from __future__ import annotations

import pytest
from pymc_extras.prior import Prior

from unfunnel import scales

# Prior: mean, median, mode, P(<.01), P(<.1), P(>1), ends of the central 95% interval.
TABLE = [
    (
        Prior("LogNormal", mu=-1, sigma=0.5),
        "0.416862 0.367879 0.286505 2.8e-13 0.004591 0.02275 0.138072 0.980181",
    ),
    (
        Prior("LogNormal", mu=-1.5, sigma=0.5),
        "0.252840 0.223130 0.173774 2.6e-10 0.054228 0.00135 0.083745 0.594510",
    ),
    (
        scales.half_normal(0.1),
        "0.079788 0.067449 0 0.0797 0.682689 1.5e-23 0.003134 0.224140",
    ),
    (scales.half_normal(1), "0.797885 0.674490 0 0.0080 0.079656 0.31731 0.031338 2.2414"),
    (
        scales.inverse_gamma(3, 1),
        "0.5 0.373963 0.25 1.9e-40 0.002769 0.080301 0.138414 1.61637",
    ),
    (
        scales.inverse_gamma(4, 1),
        "0.333333 0.272327 0.2 6.4e-39 0.010336 0.018988 0.114061 0.917545",
    ),
    (
        scales.half_student_t(3, 0.5),
        "0.551329 0.382446 0 0.0147 0.145730 0.139326 0.017009 2.08827",
    ),
    (
        scales.half_student_t(3, 1),
        "1.10266 0.764892 0 0.0074 0.073348 0.391002 0.034017 4.17653",
    ),
    (scales.pc(1, 0.01), "0.217147 0.150515 0 0.0450 0.369043 0.01 0.005498 0.801030"),
    (scales.pc(1, 0.05), "0.333808 0.231378 0 0.0295 0.258866 0.05 0.008451 1.23138"),
    (scales.exponential(2), "0.5 0.346574 0 0.0198 0.181269 0.135335 0.012659 1.84444"),
    (
        Prior("Gamma", alpha=2, beta=4),
        "0.5 0.419587 0.25 7.8e-4 0.061552 0.091578 0.060552 1.39291",
    ),
]


def half_a_unit(text):
    """Return half of the last printed digit."""
    digits, _, exponent = text.partition("e")
    decimals = len(digits.partition(".")[2])
    return 0.5 * 10.0 ** (int(exponent or 0) - decimals)


@pytest.mark.parametrize(("prior", "texts"), TABLE, ids=str)
def test_every_printed_digit(prior, texts):
    values = scales.compare([prior]).values.isel(prior=0)
    found = [
        *(values[name].item() for name in ("mean", "median", "mode")),
        *values["probability_below"].values,
        *values["probability_above"].values,
        *values["interval"].values,
    ]
    for number, text in zip(found, texts.split(), strict=True):
        tolerance = 1e-12 if text in ("0", "0.5", "0.25", "0.2", "0.01") else half_a_unit(text)
        assert number == pytest.approx(float(text), abs=tolerance * 1.0001, rel=0)


def test_errors_of_a_published_table():
    """The table of a design document that circulates; the guide to hyperpriors lists these."""
    priors = {
        "half-normal": scales.half_normal(0.1),
        "inverse gamma": scales.inverse_gamma(3, 1),
        "lognormal": scales.lognormal(-1, 0.5),
    }
    found = scales.compare(priors, below=[0.05, 0.1]).values
    at = {name: found.sel(prior=name) for name in priors}
    assert at["half-normal"]["median"] == pytest.approx(0.067, abs=5e-4)  # published: .08
    assert at["half-normal"]["mean"] == pytest.approx(0.080, abs=5e-4)  # which is the mean
    assert at["inverse gamma"]["median"] == pytest.approx(0.374, abs=5e-4)  # published: .50
    assert at["inverse gamma"]["mean"] == pytest.approx(0.5)  # which is the mean
    below = {name: values["probability_below"].sel(below=0.1) for name, values in at.items()}
    assert below["inverse gamma"] == pytest.approx(0.0028, abs=5e-5)  # published: .03
    assert below["lognormal"] == pytest.approx(0.0046, abs=5e-5)  # published: .014
    others = scales.compare([scales.inverse_gamma(5, 1), scales.lognormal(-1.2, 0.5)], below=[0.1])
    assert others.values["probability_below"].values.ravel() == pytest.approx(
        [0.029, 0.014], abs=5e-4
    )
    # "The inverse gamma has the heavier left tail": it has by far the lighter one.
    tails = {
        name: float(values["probability_below"].sel(below=0.05)) for name, values in at.items()
    }
    assert tails["inverse gamma"] == pytest.approx(4.6e-7, rel=0.02)
    assert tails["lognormal"] == pytest.approx(3.3e-5, rel=0.02)
