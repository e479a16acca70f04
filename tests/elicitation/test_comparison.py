"""A comparison prints, plots and holds what the priors say."""

from __future__ import annotations

import io
import itertools

import matplotlib.pyplot as plt
import numpy as np
import pytest
from pymc_extras.prior import Censored, Prior
from rich.console import Console
from scipy import integrate, stats

from unfunnel import LogNormalExp, NormalIdentity, ProbitNormal, WeibullExp, scales
from unfunnel.elicitation.laws import law_of
from unfunnel.errors import ParameterError, ParameterTypeError, UnsupportedError

PRIORS = {
    "PC": scales.pc(1, 0.01),
    "<heavy>": scales.half_student_t(1, 0.5),
    "far from zero": scales.inverse_gamma(1, 0.2),
}


@pytest.fixture(scope="module")
def found():
    return scales.compare(PRIORS)


def test_infinite_means_are_infinite(found):
    assert np.isinf(found.values["mean"].values).tolist() == [False, True, True]
    just_finite = [scales.half_student_t(1.001, 1), scales.inverse_gamma(1.001, 1)]
    assert np.isfinite(scales.compare(just_finite).values["mean"]).all()
    assert "infinite" in str(found).splitlines()[2]


def test_it_prints_as_text_html_and_a_rich_table(found):
    header, rows = found.table()
    assert header[:4] == ["prior", "mean", "median", "mode"]
    assert header[4:] == ["P(<0.01)", "P(<0.1)", "P(>1)", "95% interval"]
    lines = str(found).splitlines()
    assert len(lines) == 4 and repr(found) == str(found)
    assert all(cell in line for row, line in zip(rows, lines[1:], strict=True) for cell in row)
    html = found._repr_html_()
    assert html.count("<tr") == 4 and "&lt;heavy&gt;" in html and "<heavy>" not in html
    for width in (80, 120):
        console = Console(file=io.StringIO(), width=width)
        console.print(found)
        shown = console.file.getvalue()
        assert all(cell in shown for row in rows for cell in row[1:-1])
        assert "…" not in shown and "12.73]" in shown


def test_thresholds_and_mass_are_free():
    found = scales.compare([scales.half_normal(10)], below=5, above=(20, 30), mass=0.5)
    assert found.values["probability_above"].sel(above=30).item() == pytest.approx(
        2 * stats.norm.sf(3)
    )
    ends = found.values["interval"].values.ravel()
    assert ends == pytest.approx(10 * stats.norm.ppf([0.625, 0.875]))
    assert found.table()[0][4:] == ["P(<5)", "P(>20)", "P(>30)", "50% interval"]


# Each kind of law by its density: of the table, of PreliZ, and of families. The table is tested
# against PyMC with itself.
EACH_KIND = [
    Prior("HalfNormal"),
    Prior("InverseGamma", mu=0.5, sigma=0.3),
    Prior("Kumaraswamy", a=2, b=3),
    LogNormalExp(0.5, 0.3),
    WeibullExp(0.5, 0.3),
]


@pytest.mark.usefixtures("fast_compile")
@pytest.mark.parametrize("prior", EACH_KIND, ids=str)
def test_the_law_is_the_one_that_pymc_has(prior):
    import pymc as pm

    law = law_of(prior)
    points = np.array([law.quantile(p) for p in (0.01, 0.3, 0.5, 0.9)])
    with pm.Model():
        variable = prior.create_variable("x")
        log_density = pm.logp(variable, points).eval()
    np.testing.assert_allclose(law.density(points), np.exp(log_density), rtol=1e-6)
    for low, high in itertools.pairwise(points):
        area = integrate.quad(law.density, low, high, epsabs=1e-13)[0]
        assert law.below(high) - law.below(low) == pytest.approx(area, abs=1e-9)
        assert law.above(low) - law.above(high) == pytest.approx(area, abs=1e-9)
    around = np.geomspace(law.quantile(1e-3), law.quantile(0.999), 2001)
    highest = around[np.argmax(law.density(around))]
    assert highest == (pytest.approx(law.mode, rel=0.01) if law.mode else around[0])


BOUNDED = [
    LogNormalExp(1.5, 0.5, lower=1),
    LogNormalExp(2, cv=1.5, lower=0.5),
    ProbitNormal(0.3, 0.1),
    ProbitNormal(0.3, 0.2),
    ProbitNormal(2.5, spread=0.3, lower=2, upper=4),
]


@pytest.mark.parametrize("prior", BOUNDED, ids=str)
def test_families_with_bounds(prior):
    law, exact = law_of(prior), prior.implied()
    assert law.mean == exact.value("mean")
    for p in (0.05, 0.5, 0.95):
        assert law.quantile(p) == pytest.approx(exact.value(f"{p:.0%}"), rel=1e-12)
        assert law.below(law.quantile(p)) == pytest.approx(p, rel=1e-10)
        assert law.above(law.quantile(p)) == pytest.approx(1 - p, rel=1e-10)
    low, high = prior.family.link.support
    assert (law.below(low - 1), law.above(low - 1), law.density(low - 1)) == (0, 1, 0)
    x = np.array([law.quantile(p) for p in np.linspace(0.01, 0.99, 99)])
    step = 1e-6 * (x - low)
    slope = [(law.below(a + h) - law.below(a - h)) / (2 * h) for a, h in zip(x, step, strict=True)]
    np.testing.assert_allclose(law.density(x), slope, rtol=1e-6)
    assert law.density(law.mode) >= law.density(x).max() * (1 - 1e-12)
    assert low < law.mode < high


def test_laws_without_a_single_mode_say_so():
    found = scales.compare([Prior("Uniform", lower=0, upper=2)])
    assert found.table()[1][0][3] == "none"


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ([Prior("Normal", mu=0, sigma=1)], ParameterError, "a positive prior"),
        ([NormalIdentity(1, 1)], ParameterError, "a positive prior"),
        ([LogNormalExp(-1, 1, upper=0)], ParameterError, "a positive prior"),
        ([ProbitNormal(0, 1, lower=-2, upper=2)], ParameterError, "a positive prior"),
        ([Prior("Uniform", lower=-1, upper=2)], ParameterError, "a positive prior"),
        ([Prior("Normal")], ParameterError, "a positive prior"),
        ([Prior("Gamma")], UnsupportedError, "Give all its parameters"),
        ([Prior("DiracDelta", c=4)], UnsupportedError, "scipy or PreliZ knows"),
        ([Prior("HalfNormal", sigma=-1)], ParameterError, "inside their support"),
        ([Prior("HalfNormal", sigma=Prior("HalfNormal"))], UnsupportedError, "constant scalar"),
        ([LogNormalExp(1, np.ones(2), dims="geo")], UnsupportedError, "constant scalar"),
        ([Prior("Normal", mu=0, sigma=1, transform="exp")], UnsupportedError, "transform="),
        ([Censored(Prior("HalfNormal", sigma=1), lower=0)], ParameterTypeError, "priors"),
        ([1.0], ParameterTypeError, "priors"),
        ([scales.pc(1), scales.pc(1)], ParameterError, "more than once"),
        ([], ParameterError, "at least one prior"),
        ({}, ParameterError, "at least one prior"),
    ],
)
def test_what_cannot_be_compared(given, error, text):
    with pytest.raises(error) as caught:
        scales.compare(given)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "options",
    [
        {"below": [0.0]},
        {"above": [-1.0]},
        {"mass": 1.0},
        {"below": [np.nan]},
        {"mass": None},
        {"above": "1"},
    ],
)
def test_thresholds_that_cannot_be_meant(options):
    with pytest.raises(ParameterError, match=next(iter(options))):
        scales.compare(scales.pc(1), **options)


def test_the_plot(found):
    plt.switch_backend("Agg")
    ax = found.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == list(PRIORS)
    assert ax.get_xscale() == "log"
    texts = [text.get_text() for text in ax.texts]
    assert texts.count("1%") == 1  # what the PC prior was asked for: P(>1)
    # Areas are probabilities.
    heights = []
    for row, (band, law) in enumerate(zip(ax.collections, found.laws.values(), strict=True)):
        (path,) = band.get_paths()
        x, y = path.vertices.T
        top = y < row - 1e-12
        order = np.argsort(x[top])
        area = np.trapezoid((row - y[top])[order], np.log(x[top][order]))
        heights.append(area / (law.below(x.max()) - law.below(x.min())))
    assert heights == pytest.approx([heights[0]] * 3, rel=1e-3)
    ax.figure.canvas.draw()
    assert found.plot(ax) is ax
    plt.close("all")
