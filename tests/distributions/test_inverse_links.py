"""Which values are recognized as an inverse link of something."""

from __future__ import annotations

import pytensor.tensor as pt
import pytest
from pytensor.xtensor import as_xtensor

from unfunnel.distributions.inverse_links import made_from
from unfunnel.families.links import IDENTITY, LOG, log_above, log_below
from unfunnel.parameterization.graph_ops import GRAPH

LINKS = [LOG, log_above(1.5), log_below(-2.0)]
names = pytest.mark.parametrize("link", LINKS, ids=["log", "above", "below"])


@names
def test_theta_is_found(link):
    theta = pt.dmatrix("theta")
    assert made_from(link.inverse(theta, GRAPH), link) is theta
    found = made_from(link.inverse(theta, GRAPH).T, link)
    assert found.owner.inputs[0] is theta


@names
def test_behind_labels(link):
    theta = pt.dmatrix("theta")
    labelled = as_xtensor(link.inverse(theta, GRAPH), dims=("a", "b"))
    found = made_from(labelled.transpose("b", "a").values, link)
    assert found is not None
    assert found.eval({theta: [[1.0, 2.0]]}).tolist() == [[1.0], [2.0]]


@names
def test_other_values_are_not_taken_for_it(link):
    x = pt.dvector("x")
    others = [x, x + 1.5, 1.5 + pt.exp(x) * 2, 1.0 + pt.exp(x), pt.exp(-x) - 2.0, pt.log(x)]
    others += [other.inverse(x, GRAPH) for other in LINKS if other is not link]
    assert [made_from(other, link) for other in others] == [None] * len(others)


def test_without_a_link_the_value_is_theta():
    x = pt.dvector("x")
    assert made_from(x, IDENTITY) is x
