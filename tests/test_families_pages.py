"""The pages of the families: what is committed is what the library says, and their code runs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from family_gallery import facts, template
from family_gallery.records import RECORDS
from pymc_extras.deserialize import deserialize
from scipy.integrate import quad

from unfunnel.families import FAMILIES
from unfunnel.families.ops import NUMPY
from unfunnel.parameterization.choices import Informed, NonCentered, Partial
from unfunnel.prior import classes as priors

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"

pytestmark = pytest.mark.usefixtures("fast_compile")

FAMILY = pytest.mark.parametrize("name", FAMILIES)
LAWS = [
    pytest.param(name, setting.bounds, law, id=setting.written(name, law))
    for name, record in RECORDS.items()
    for setting in record.settings
    for law in setting.laws
]
# Means on the right side of a bound.
MEANS = {"lower=1": 1.5, "upper=0": -0.5}


def committed(name):
    return (DOCS / "families" / f"{template.page_name(name)}.md").read_text(encoding="utf-8")


def block(page, language):
    (found,) = re.findall(rf"```{language}\n(.*?)```", page, flags=re.DOTALL)
    return found


def test_every_family_has_a_page():
    assert set(RECORDS) == set(FAMILIES)
    pages = {path.stem for path in (DOCS / "families").glob("*.md")}
    assert pages == {"index", *map(template.page_name, FAMILIES)}


@FAMILY
def test_page_is_up_to_date(name):
    assert committed(name) == template.page(name), "run: python docs/make_families.py --text"


def test_tables_are_up_to_date():
    assert (DOCS / "families" / "index.md").read_text(encoding="utf-8") == template.index()
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert template.families_table("docs/families/") in readme


@FAMILY
def test_code_of_the_page_runs(name):
    page = committed(name)
    namespace = {}
    exec(compile(block(page, "python"), name, "exec"), namespace)
    prior, model = namespace["prior"], namespace["model"]
    assert prior.family.name == name
    assert deserialize(json.loads(block(page, "json"))) == prior
    assert all(np.isfinite(value) for value in model.point_logps().values())


@FAMILY
def test_effects_are_written_as_priors_are(name):
    for _effects, written in RECORDS[name].effects:
        mean = next((mean for bound, mean in MEANS.items() if bound in written), 0.5)
        prior = eval(written, vars(priors), {"mu": mean, "sigma": 0.2})
        assert prior.family.name == name


@FAMILY
def test_picture_is_one(name):
    content = (DOCS / "_static" / template.picture_name(name)).read_bytes()
    assert content.startswith(b"\x89PNG\r\n") and len(content) > 10_000


@pytest.mark.parametrize(("name", "bounds", "law"), LAWS)
def test_what_is_drawn_and_tabulated_is_the_law(name, bounds, law):
    family = FAMILIES[name].at(**bounds)
    location, scale = facts.location_scale(family, law)
    moments = family.moments(location, scale, NUMPY, *family.shape(law))
    assert moments == pytest.approx({key: law[key] for key in moments}, rel=1e-9, abs=1e-12)

    def by_theta(theta):
        """The density at what theta stands for, which peaks nowhere as steeply as that in phi."""
        phi = family.link.inverse(theta, NUMPY)
        return facts.density(family, law, phi) * np.exp(family.link.log_slope(theta, NUMPY))

    low, middle, high = (
        family.link.forward(facts.quantile(family, law, p), NUMPY) for p in facts.PROBABILITIES
    )
    assert quad(by_theta, low, middle)[0] == pytest.approx(0.45, rel=1e-6)
    assert quad(by_theta, middle, high)[0] == pytest.approx(0.45, rel=1e-6)


def test_printed_coordinates_are_those_of_the_library():
    numbers = {"location": 0.7, "scale": 1.3, "w": 0.3, "location_0": -0.2, "scale_0": 0.9}
    numbers |= {"r": (1.3 / 0.9) ** (1 - 0.3), "q": np.sqrt(1 + 2.5 * 1.3**2), "b": 2.5 * 0.4}
    given = numbers["location"], numbers["scale"]
    coordinates = {
        True: (0.0, 1.0),
        False: NonCentered().center_and_spread(*given, NUMPY),
        0.5: Partial(0.3, -0.2, 0.9).center_and_spread(*given, NUMPY),
        "auto": Informed().center_and_spread(*given, NUMPY, 2.5, 2.5 * 0.4),
        "offset": NonCentered().center_and_spread(*given, NUMPY),
    }
    assert set(coordinates) == set(facts.CENTERINGS)
    for centered, expected in coordinates.items():
        printed = (evaluated(text, numbers) for text in template.COORDINATES[centered])
        assert tuple(printed) == pytest.approx(expected, rel=1e-12)


def evaluated(latex, numbers):
    """Evaluate the little LaTeX that coordinates are printed in."""
    plain = re.sub(r"\\mathrm\{(\w+)\}", r"\1", latex)
    plain = plain.replace("^", "**").replace(r"\,", "*")
    plain = re.sub(r"([wr])\*\(", r"\1*(", plain)
    return eval(plain, {}, numbers)
