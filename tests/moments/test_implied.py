"""What a prior says: exact moments, quantiles, labels, and how each number was found."""

from __future__ import annotations

import numpy as np
import pymc as pm
import pytest
from pymc_extras.prior import Censored, Prior, Scaled
from registry import families
from scipy import stats
from xarray import DataArray

from unfunnel import ByCoord, LogNormalExp, NormalIdentity
from unfunnel.errors import (
    LabelError,
    MomentWarning,
    ParameterError,
    ParameterTypeError,
    UnsupportedError,
)
from unfunnel.families.base_distributions import NORMAL
from unfunnel.families.ops import NUMPY

GAMMA, EXPONENTIAL = Prior("Gamma", mu=1.5, sigma=0.5), Prior("Exponential", scale=0.5)
ANCHOR = LogNormalExp(GAMMA, EXPONENTIAL, dims="geo")


def methods(says, level="element"):
    rows = says.numbers[says.numbers["level"] == level]
    return dict(zip(rows["quantity"], rows["method"], strict=True))


def test_gamma_and_exponential_hyperpriors():
    says = ANCHOR.implied(below=1)
    assert says.value("mean") == 1.5
    assert says.value("sd") == pytest.approx(0.8660254037844386, rel=1e-15)
    assert says.value("ICC") == pytest.approx(1 / 3, rel=1e-15)
    gamma = stats.gamma(9, scale=1 / 6)
    for name, p in {"5%": 0.05, "50%": 0.5, "95%": 0.95}.items():
        assert says.value(name, "mu") == pytest.approx(gamma.ppf(p), rel=1e-12)
    assert says.value("P(< 1)", "mu") == pytest.approx(gamma.cdf(1), rel=1e-12)
    draws = stats.uniform.rvs(size=(3, 400_000), random_state=np.random.default_rng(5))
    m, s = gamma.ppf(draws[0]), stats.expon(scale=0.5).ppf(draws[1])
    v = np.log1p((s / m) ** 2)
    phi = m * np.exp(np.sqrt(v) * stats.norm.ppf(draws[2]) - v / 2)
    assert says.value("P(< 1)") == pytest.approx((phi < 1).mean(), abs=0.003)
    for name in ("5%", "25%", "50%", "75%", "95%"):
        below = (phi < says.value(name)).mean()
        assert below == pytest.approx(float(name[:-1]) / 100, abs=0.003)
    found = methods(says)
    assert {found[name] for name in ("mean", "sd", "ICC")} == {"exact"}
    assert {found[name] for name in ("5%", "25%", "50%", "75%", "95%", "P(< 1)")} == {"quadrature"}
    assert set(methods(says, "mu").values()) == {"exact"}
    assert "P(< 1)" not in methods(says, "sigma")
    assert (says.numbers["error"] == 0).all()
    assert "Exact, but for quantiles, P(< 1) of element (by quadrature)." in str(says)


@families
def test_constant_parameters(row):
    mu, sigma = row.constants
    says = row.make(mu, sigma).implied(below=mu)
    moments = {"mu": mu, "sigma": sigma, **row.options}
    exact = row.exact(*row.family.location_scale(moments, NUMPY))
    tolerance = 1e-12 if row.family.base is NORMAL else 1e-8  # of the table of its quantiles
    assert (says.value("mean"), says.value("sd"), says.value("ICC")) == (mu, sigma, 0)
    assert says.value("95%") == pytest.approx(exact.ppf(0.95), rel=tolerance)
    assert says.value("P(< " + f"{mu:g})") == pytest.approx(exact.cdf(mu), rel=tolerance)
    assert set(says.numbers["method"]) == {"exact"}
    assert set(says.numbers["level"]) == {"element"}
    assert "All exact." in str(says)


def test_a_hierarchy_of_hierarchies():
    region = NormalIdentity(Prior("Normal"), 2.0, dims="region")
    prior = NormalIdentity(region, 2.0, dims=("region", "geo"))
    says = prior.implied(random_seed=3)
    assert says.value("sd") == 3.0
    assert says.value("ICC") == pytest.approx(5 / 9)
    assert says.value("ICC mu_mu") == pytest.approx(1 / 9)
    assert says.value("sd", "mu") == pytest.approx(np.sqrt(5))
    rows = says.numbers.set_index(["level", "quantity"])
    assert rows.loc[("element", "95%"), "method"] == "draws"
    assert rows.loc[("mu", "95%"), "method"] == "quadrature"
    # The sum of normals is normal, so its quantiles are known.
    for name, p in {"5%": 0.05, "50%": 0.5, "95%": 0.95}.items():
        number = rows.loc["element", name]
        assert 0 < number["error"] < 0.03
        assert abs(number["value"] - stats.norm(0, 3).ppf(p)) < 4 * number["error"]
        assert says.value(name, "mu") == pytest.approx(stats.norm(0, np.sqrt(5)).ppf(p), abs=1e-8)
    again = prior.implied(random_seed=3)
    assert again.numbers.equals(says.numbers)


def test_elements_that_share_no_mean_have_no_correlation():
    by_label = {"a": Prior("Normal"), "b": Prior("Normal", mu=1)}
    for own in (
        LogNormalExp(Prior("Gamma", mu=1, sigma=1, dims="geo"), 1, dims="geo"),
        NormalIdentity(ByCoord("geo", by_label), 1.0, dims="geo"),
    ):
        assert "ICC" not in set(own.implied(draws=500).numbers["quantity"])
    shared = LogNormalExp(Prior("Gamma", mu=1, sigma=1, dims="geo"), 1, dims=("geo", "channel"))
    assert shared.implied().value("ICC") == pytest.approx(0.5)


# -- labels


def test_labelled_arrays_have_their_own_labels():
    mean = DataArray([1.0, 2.0], dims="geo", coords={"geo": ["a", "b"]})
    prior = LogNormalExp(mean, Prior("HalfNormal"), dims=("channel", "geo"))
    says = prior.implied()
    assert says.dims == ("geo",)
    assert (says.value("mean", geo="a"), says.value("mean", geo="b")) == (1.0, 2.0)
    assert says.value("sd", geo="a") == pytest.approx(1.0, rel=1e-12)
    one = LogNormalExp(2.0, Prior("HalfNormal")).implied()
    assert says.value("95%", geo="b") == one.value("95%")
    assert list(says.to_dataframe().index) == [("element", "a"), ("element", "b"), ("sigma", "")]


def test_coords_choose_and_order_labels():
    mean = DataArray([1.0, 2.0, 3.0], dims="geo", coords={"geo": ["a", "b", "c"]})
    prior = LogNormalExp(mean, 1.0, dims="geo")
    says = prior.implied(coords={"geo": ["c", "a"]})
    assert list(says.numbers["geo"].unique()) == ["c", "a"]
    assert says.value("mean", geo="c") == 3.0
    with pytest.raises(LabelError, match="a value for each label of dim 'geo'"):
        prior.implied(coords={"geo": ["a", "z"]})


def test_arrays_without_labels():
    prior = LogNormalExp([1.0, 2.0], 1.0, dims=("channel", "geo"))
    assert prior.implied().value("mean", geo=1) == 2.0
    assert prior.implied(coords={"geo": ["u", "v"]}).value("mean", geo="v") == 2.0
    with pytest.raises(LabelError, match="length 3 along dim 'geo'"):
        prior.implied(coords={"geo": ["u", "v", "w"]})
    mean = Prior("Gamma", mu=np.array([1.0, 2.0]), sigma=0.5, dims="geo")
    says = LogNormalExp(mean, 1.0, dims=("geo", "channel")).implied()
    assert says.value("mean", geo=0) == pytest.approx(1.0)
    assert says.value("mean", "mu", geo=1) == pytest.approx(2.0)
    assert says.value("sd", geo=1) == pytest.approx(np.sqrt(1.25))


# -- what must be drawn


def test_hyperpriors_of_random_parameters():
    mean = Prior("Gamma", mu=Prior("Gamma", mu=2, sigma=0.5), sigma=1)
    says = LogNormalExp(mean, 0.5, dims="geo").implied(random_seed=1, draws=4000)
    rows = says.numbers.set_index(["level", "quantity"])
    assert set(methods(says).values()) == {"draws"}
    for quantity, expected in {"mean": 2.0, "sd": np.sqrt(0.25 + 1 + 0.25)}.items():
        number = rows.loc["element", quantity]
        assert abs(number["value"] - expected) < 4 * number["error"]
        assert number["error"] < 0.05
    assert "±" in str(says)


def test_a_scale_of_unknown_law_leaves_the_mean_exact():
    sigma = Prior("Normal", mu=-1, sigma=0.3, transform="exp")
    says = LogNormalExp(GAMMA, sigma, dims="geo").implied(random_seed=1, draws=4000)
    found = methods(says)
    assert (found["mean"], found["sd"], found["ICC"]) == ("exact", "draws", "draws")
    number = says.numbers.set_index(["level", "quantity"]).loc["element", "sd"]
    expected = np.sqrt(0.25 + np.exp(-2 + 2 * 0.09))
    assert abs(number["value"] - expected) < 4 * number["error"]


def test_the_same_hyperprior_twice_is_two_variables():
    log = Prior("Normal", mu=0, sigma=0.8, transform="exp")
    says = LogNormalExp(log, log, dims="geo").implied(random_seed=1, draws=20_000)
    rng = np.random.default_rng(4)
    m, s = np.exp(0.8 * rng.standard_normal((2, 100_000)))
    v = np.log1p((s / m) ** 2)
    phi = m * np.exp(np.sqrt(v) * rng.standard_normal(100_000) - v / 2)
    for name in ("5%", "50%", "95%"):
        assert (phi < says.value(name)).mean() == pytest.approx(float(name[:-1]) / 100, abs=0.01)


def test_tensors_of_a_model():
    with pm.Model(coords={"geo": ["a", "b"]}):
        mean = pm.Gamma("mean", mu=np.array([1.0, 2.0]), sigma=0.5, dims="geo")
        known = LogNormalExp(mean, 0.5, dims="geo").implied(coords={"geo": ["a", "b"]})
        # Both parameters are the same variable: their draws belong together.
        both = LogNormalExp(mean * 2, mean * 1.0, dims="geo")
        drawn = both.implied(coords={"geo": ["a", "b"]}, draws=4000, random_seed=2)
    assert known.value("mean", geo="b") == pytest.approx(2.0)
    assert known.value("sd", geo="a") == pytest.approx(np.sqrt(0.5))
    assert "ICC" not in set(known.numbers["quantity"])
    rows = drawn.numbers.set_index(["level", "geo", "quantity"])
    for label, mean in {"a": 1.0, "b": 2.0}.items():
        sd = rows.loc["element", label, "sd"]
        assert sd["method"] == "draws"
        assert abs(sd["value"] - np.sqrt(4 * 0.25 + mean**2 + 0.25)) < 4 * sd["error"]


def test_tensors_without_coords():
    with pm.Model(coords={"geo": ["a", "b"]}):
        data = pm.Data("data", np.array([1.0, 2.0]), dims="geo")
        mean = pm.Gamma("mean", mu=data, sigma=0.5, dims="geo")
        inside = LogNormalExp(mean * 2, 0.5, dims="geo").implied(draws=500)
        of_data = LogNormalExp(data, 0.5, dims="geo").implied()
    # Inside their model the labels are the model's, outside positions.
    assert list(inside.numbers["geo"].unique()) == ["a", "b"]
    assert of_data.value("mean", geo="b") == 2.0
    assert set(of_data.numbers["method"]) == {"exact"}
    outside = LogNormalExp(mean * 2, 0.5, dims="geo").implied(draws=500)
    assert list(outside.numbers["geo"].unique()) == [0, 1]
    assert LogNormalExp(mean, 0.5, dims="geo").implied(draws=500).dims == ("geo",)


PER_LABEL = np.array([1.0, 2.0, 30.0])
LABELS = {"geo": ["a", "b", "c"], "channel": ["tv", "search"]}
A_PRIOR_EACH = {
    label: Prior("Normal", mu=mean, sigma=0.1) for label, mean in zip("bac", PER_LABEL, strict=True)
}


@pytest.mark.parametrize(
    ("mu", "means"),
    [
        (ByCoord("geo", A_PRIOR_EACH, dims="geo"), [2, 1, 30]),
        (ByCoord("geo", A_PRIOR_EACH), [2, 1, 30]),
        (ByCoord("geo", {"c": A_PRIOR_EACH["c"]}, A_PRIOR_EACH["b"]), [1, 1, 30]),
        (Scaled(Prior("Normal", mu=PER_LABEL, sigma=0.1, dims="geo"), factor=2.0), [2, 4, 60]),
        (Censored(Prior("Normal", mu=PER_LABEL, sigma=0.1, dims="geo"), lower=1.5), [1.5, 2, 30]),
        (
            Prior("Normal", mu=ByCoord("geo", A_PRIOR_EACH, dims="geo"), sigma=0.1, dims="geo"),
            [2, 1, 30],
        ),
    ],
    ids=["ByCoord", "its own dim", "default", "Scaled", "Censored", "inside"],
)
def test_a_factory_that_differs_by_label_has_a_row_for_each(mu, means):
    prior = NormalIdentity(mu, 1.0, dims=("channel", "geo"))
    says = prior.implied(LABELS, draws=2000, random_seed=1)
    found = says.numbers.query("level == 'element' and quantity == 'mean'").set_index("geo")[
        "value"
    ]
    assert [found[label] for label in LABELS["geo"]] == pytest.approx(means, abs=0.05)
    # Elements with the same mu are alike, those of other channels.
    assert says.value("ICC", geo="a") < 0.05


def test_data_in_a_distribution_of_upstream_differ_by_label():
    with pm.Model(coords=LABELS):
        data = pm.Data("data", PER_LABEL, dims="geo")
        mean = Prior("Normal", mu=data, sigma=0.1, dims="geo")
        says = NormalIdentity(mean, 1.0, dims=("geo", "channel")).implied(draws=2000, random_seed=1)
    means = [says.value("mean", geo=label) for label in LABELS["geo"]]
    assert means == pytest.approx(list(PER_LABEL), abs=0.05)


def test_a_hyperprior_that_cannot_be_drawn():
    with pytest.raises(
        UnsupportedError, match=r"hyperpriors that can be drawn, but got .*HalfFlat"
    ):
        LogNormalExp(Prior("HalfFlat"), 1.0).implied()


# -- infinite moments


@pytest.mark.parametrize(
    ("prior", "mean", "message"),
    [
        (LogNormalExp(Prior("HalfCauchy", beta=1), 1), np.inf, "mu .*without a finite mean"),
        (LogNormalExp(Prior("InverseGamma", alpha=2, beta=1), 1), 1.0, "mu .*a finite variance"),
        (LogNormalExp(1, Prior("HalfStudentT", nu=2, sigma=1)), 1.0, "sigma .*a finite variance"),
        (LogNormalExp(1, Prior("InverseGamma", alpha=0.9, beta=1)), 1.0, "sigma .*a finite mean"),
        (NormalIdentity(Prior("Cauchy", alpha=0, beta=1), 1), np.nan, "neither a mean nor"),
        (NormalIdentity(Prior("StudentT", nu=2), 1), 0.0, "no finite standard deviation"),
    ],
)
def test_hyperpriors_without_moments(prior, mean, message):
    with pytest.warns(MomentWarning, match=message) as caught:
        says = prior.implied()
    assert caught[0].filename == __file__
    assert says.value("mean") == pytest.approx(mean, nan_ok=True)
    assert not np.isfinite(says.value("sd"))
    assert np.isfinite(says.value("50%"))


def test_log_scale_hierarchies_have_no_moments():
    """The guide on statements says how E exp(sigma**2 / 2) grows as more of sigma enters."""
    s = np.linspace(0, 9, 900_001)
    integrand = np.exp(s**2 / 2 - s / 0.33) / 0.33
    found = [np.trapezoid(integrand[s <= top], s[s <= top]) for top in (3, 5, 7, 9)]
    assert found == pytest.approx([1.17, 1.31, 23.3, 2.9e5], rel=0.01)
    # On the natural scale both exist.
    says = LogNormalExp(GAMMA, Prior("HalfNormal", sigma=1.0)).implied()
    assert (says.value("mean"), says.value("sd")) == pytest.approx((1.5, np.sqrt(1.25)))


# -- the object, and errors


def test_the_table():
    says = ANCHOR.implied(below=1)
    table = says.to_dataframe()
    assert list(table.columns) == [
        *("mean", "sd", "5%", "25%", "50%", "75%", "95%", "P(< 1)", "ICC")
    ]
    assert list(table.index) == ["element", "mu", "sigma"]
    assert table.loc["mu", "sd"] == 0.5
    text = str(says)
    assert str(ANCHOR)[:40] in text
    assert "0.8660" in text or "0.866" in text
    html = says._repr_html_()
    means = Prior("Gamma", mu=np.linspace(1, 2, 49), sigma=1, dims="geo")
    long = str(LogNormalExp(means, 1, dims="geo").implied())
    assert max(map(len, long.splitlines())) <= 160
    assert "[...]" in long[:1500]
    assert html.startswith("<table") and html.count("<caption>") == 1
    assert "Prior(&quot;Gamma&quot;" in html


def test_it_is_shown_once_and_as_text_in_a_notebook(monkeypatch, capsys):
    class ZMQInteractiveShell:
        """What rich takes for a notebook, in which it displays what it should write."""

    outside = str(ANCHOR.implied())
    monkeypatch.setattr("builtins.get_ipython", ZMQInteractiveShell, raising=False)
    says = ANCHOR.implied()
    assert str(says) == repr(says) == outside and "element" in outside
    assert says._repr_html_()
    assert capsys.readouterr() == ("", "")


def test_a_number_that_there_is_not():
    says = ANCHOR.implied()
    for call in (
        lambda: says.value("median"),
        lambda: says.value("mean", "tau"),
        lambda: says.value("mean", geo="a"),
    ):
        with pytest.raises(ParameterError, match="a level among 'element', 'mu' and 'sigma'"):
            call()
    labelled = LogNormalExp([1.0, 2.0], 1.0, dims="geo").implied()
    with pytest.raises(ParameterError, match="which 2 numbers have"):
        labelled.value("mean")


def test_the_picture():
    pytest.importorskip("matplotlib").use("Agg")
    says = ANCHOR.implied()
    ax = says.plot()
    for line, level in zip(ax.lines[:2], ("element", "mu"), strict=True):
        x, density = line.get_data()
        for name in ("25%", "50%", "95%"):
            inside = x < says.value(name, level)
            below = np.trapezoid(density[inside], x[inside])
            assert below == pytest.approx(float(name[:-1]) / 100, abs=0.02)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        *("one element", "the mean, mu", "90 % of the elements", "half of them")
    ]
    labelled = LogNormalExp([1.0, 20.0], 1.0, dims="geo").implied()
    assert labelled.plot(geo=1).get_xlim()[0] > 10
    with pytest.raises(ParameterError, match="labels of the dims 'geo'"):
        labelled.plot(geo=7)
    import matplotlib.pyplot as plt

    plt.close("all")


def test_what_cannot_be_asked():
    with pytest.raises(UnsupportedError, match="a prior without transform="):
        LogNormalExp(1, 1, transform="log").implied()
    with pytest.raises(ParameterTypeError, match="below to be a number"):
        ANCHOR.implied(below="1")
    with pytest.raises(ParameterError, match="'mu', the mean"):
        LogNormalExp(sigma=1).implied()


def test_the_prior_stays_as_it_was():
    before = ANCHOR.to_dict()
    with pm.Model() as model:
        ANCHOR.implied()
        LogNormalExp(Prior("Gamma", mu=GAMMA, sigma=1), 1).implied(draws=100)
    assert ANCHOR.to_dict() == before
    assert model.named_vars == {}
