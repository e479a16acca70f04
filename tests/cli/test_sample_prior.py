"""``unfunnel sample-prior``: one model, one table."""

import io
import json

import pandas as pd
import pytest
import xarray as xr
from typer.testing import CliRunner

from unfunnel.cli import app

PRIORS = """\
beta:
  dist: LogNormalExp
  kwargs:
    mu: {dist: Gamma, kwargs: {mu: 1.5, sigma: 0.5}}
    sigma: 0.5
  dims: [geo, channel]
lam: {dist: HalfNormal, kwargs: {sigma: 1}, dims: [channel]}
rate: {dist: ProbitNormal, kwargs: {mu: [0.3, 0.6], sigma: 0.1}, dims: [channel]}
y: {dist: LogNormalExp, kwargs: {sigma: 1.0}}
constant: 2.5
"""


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "priors.yaml"
    path.write_text(PRIORS, encoding="utf-8")
    return path


@pytest.fixture
def coords(tmp_path):
    path = tmp_path / "coords.json"
    path.write_text('{"geo": ["north", "south"], "channel": ["tv", "radio"]}')
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["sample-prior", *map(str, arguments)])


COLUMNS = [
    *(f"beta[{geo},{channel}]" for geo in ("north", "south") for channel in ("tv", "radio")),
    "beta_mu",
    *("lam[tv]", "lam[radio]", "rate[tv]", "rate[radio]"),
]


def test_csv_on_standard_output(path, coords):
    options = ("--coords", coords, "--draws", 20, "--seed", 3)
    result = run(path, *options)
    assert result.exit_code == 0, result.output
    table = pd.read_csv(io.StringIO(result.stdout), index_col="draw")
    assert list(table) == COLUMNS
    assert len(table) == 20
    assert (table > 0).all(axis=None)
    assert result.stderr == "y is left out: it has no mean, as a likelihood has none.\n"
    assert run(path, *options).stdout == result.stdout
    assert run(path, *options[:-1], 4).stdout != result.stdout


def test_every_format_holds_the_same_draws(path, coords, tmp_path):
    tables = {}
    for suffix in ("csv", "json", "nc"):
        out = tmp_path / f"draws.{suffix}"
        result = run(path, "--coords", coords, "--draws", 5, "--seed", 1, "--out", out)
        assert (result.exit_code, result.stdout) == (0, "")
        tables[suffix] = out
    csv = pd.read_csv(tables["csv"], index_col="draw")
    rows = pd.DataFrame(json.loads(tables["json"].read_text()))
    assert rows.to_numpy() == pytest.approx(csv.to_numpy(), rel=1e-12)
    with xr.open_datatree(tables["nc"], engine="h5netcdf") as tree:
        beta = tree["prior"]["beta"]
        assert beta.dims == ("chain", "draw", "geo", "channel")
        south = beta.sel(chain=0, geo="south", channel="radio").values
    assert south == pytest.approx(csv["beta[south,radio]"].to_numpy())


def test_labels_are_asked_for(path):
    result = run(path)
    assert result.exit_code == 1
    assert "none of 'geo', a dim of 'beta'" in result.stderr
    assert "--coords FILE" in result.stderr
    # positions are labels where an array has them
    assert run(path, "rate", "--draws", 2).exit_code == 0


@pytest.mark.parametrize(
    ("text", "arguments", "said"),
    [
        ("a: {dist: Normal, kwargs: {mu: {dist: Normal}}}\na_mu: {dist: Normal}", (), "a_mu"),
        ("a: 1", (), "expected a prior"),
        ("a: {dist: HalfNormal}", ("--out", "x.txt"), "ends in .nc, .csv or .json"),
        ("a: {dist: Flat}", (), "'a': expected what PyMC can make, but got NotImplementedError"),
    ],
)
def test_what_cannot_be_drawn(path, text, arguments, said):
    path.write_text(text, encoding="utf-8")
    result = run(path, *arguments)
    assert result.exit_code == 1, result.output
    assert said in result.stderr
