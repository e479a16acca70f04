"""``unfunnel describe``: cards that read well, pipe well, and agree with the library."""

import json

import pytest
from typer.testing import CliRunner

from unfunnel import load
from unfunnel.cli import app

PRIORS = """\
beta:
  dist: LogNormalExp
  kwargs:
    mu: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}
    sigma: {dist: Exponential, kwargs: {scale: 0.5}}
  dims: [geo]
  centered: auto
lam: {dist: Gamma, kwargs: {alpha: 3, beta: 1}, dims: [channel]}
old:
  dist: Normal
  kwargs: {mu: 0, sigma: {dist: HalfNormal, kwargs: {sigma: 2}}}
  transform: exp
heavy: {dist: LogNormalExp, kwargs: {mu: 1, sigma: {dist: HalfCauchy, kwargs: {beta: 1}}}}
y: {dist: LogNormalExp, kwargs: {sigma: 1.0}}
scaled: {class: Scaled, data: {dist: {dist: HalfNormal, kwargs: {sigma: 1}}, factor: 2.5}}
rate: {dist: ProbitNormal, kwargs: {mu: [0.3, 0.6], spread: 0.3}, dims: [channel]}
constant: 2.5
"""
# Upstream does not make it: the mean has a dim more.
DEEP = "deep: {dist: Gamma, kwargs: {mu: {dist: HalfNormal, dims: geo}, sigma: 1}}"


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "priors.yaml"
    path.write_text(PRIORS, encoding="utf-8")
    return path


@pytest.fixture
def coords(tmp_path):
    path = tmp_path / "coords.yaml"
    path.write_text("geo: [north, south, islands]\nchannel: [tv, radio]\n", encoding="utf-8")
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["describe", *map(str, arguments)])


def test_cards(path, coords):
    result = run(path, "--coords", coords)
    assert result.exit_code == 0, result.output
    cards = result.stdout.rstrip("\n").split("\n\n")
    assert "\x1b" not in result.output
    assert not [line for line in result.stdout.splitlines() if line != line.rstrip()]
    names = [line.split("  ")[0] for line in result.stdout.splitlines() if line[:1].strip()]
    assert names == ["beta", "lam", "old", "heavy", "y", "scaled", "rate", "constant"]
    assert cards[0].startswith("beta  LogNormalExp over geo (3)\n  mu     Prior(")
    for said in (
        "Exact, but for quantiles of element (by quadrature",
        '"auto": non-centered until unfunnel.tune or unfunnel.sample',
        "A likelihood: its mean is that of the model.",
        "factor  2.5",
        "element   radio",
        "constant  2.5",
    ):
        assert said in result.stdout
    (warning,) = result.stderr.splitlines()
    assert warning.startswith("warning: LogNormalExp: implied: sigma has the hyperprior")


def test_deviations_that_sum_to_zero(path, coords):
    path.write_text(
        "a: {dist: NormalIdentity, kwargs: {mu: 0, sigma: 1}, dims: [geo], zero_sum: [geo]}"
    )
    stdout = run(path, "--coords", coords).stdout
    assert "Deviations sum to zero over geo; the scale is that of the population." in stdout
    assert "a  NormalIdentity over geo (3)" in stdout


def test_json_agrees_with_implied(path):
    result = run(path, "beta", "rate", "--format", "json")
    assert result.exit_code == 0
    data = json.loads(result.stdout)
    assert list(data) == ["beta", "rate"]
    says = load(path)["beta"].implied()
    for row in data["beta"]["numbers"]:
        assert row["value"] == says.value(row["quantity"], row["level"])
    assert data["beta"]["dims"] == {"geo": None}
    (sampled,) = data["rate"]["sampled"]
    assert sampled["name"] == "rate" and sampled["coordinate"] == "centered"
    assert {row.get("channel") for row in data["rate"]["numbers"]} == {0, 1}


def test_infinite_numbers_are_texts_in_json(path):
    data = json.loads(run(path, "heavy", "--format", "json").stdout)
    (sd,) = (
        row["value"]
        for row in data["heavy"]["numbers"]
        if (row["level"], row["quantity"]) == ("element", "sd")
    )
    assert sd == "inf"


def test_plot(path, tmp_path):
    out = tmp_path / "out.png"
    assert run(path, "beta", "lam", "rate", "--plot", out).exit_code == 0
    assert out.read_bytes().startswith(b"\x89PNG")
    nothing = run(path, "constant", "--plot", tmp_path / "none.png")
    assert "is not written" in nothing.stderr
    assert not (tmp_path / "none.png").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bta"], "Did you mean 'beta'?"),
        (["--coords", "COORDS"], "geo: 'north'"),
        (["deep"], "deep: expected what PyMC can make, but got UnsupportedShapeError"),
    ],
)
def test_what_cannot_be_described(path, tmp_path, arguments, said):
    bad = tmp_path / "coords.yaml"
    bad.write_text("geo: north\n")
    path.write_text(f"{PRIORS}{DEEP}", encoding="utf-8")
    result = run(path, *(bad if each == "COORDS" else each for each in arguments))
    assert result.exit_code == 1
    assert said in result.stderr
    assert result.stdout == ""


def test_a_file_with_mistakes_names_them(path):
    path.write_text("beta: {dist: LogNormalExp, kwargs: {mu: 1, sigm: 1}}\n")
    result = run(path)
    assert result.exit_code == 1
    assert "Did you mean 'sigma'?" in result.stderr


@pytest.mark.parametrize("text", ["geo: [a, a]", "geo: []", "- geo", "geo: [[a]]"])
def test_coords_that_are_none(path, tmp_path, text):
    bad = tmp_path / "coords.yaml"
    bad.write_text(text)
    result = run(path, "--coords", bad)
    assert result.exit_code == 1
    assert "a mapping from dims to lists of different labels" in result.stderr
