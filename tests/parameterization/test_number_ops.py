"""Functions of numbers give the same in Python, numpy and every way of compiling."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytensor
import pytensor.tensor as pt
import pytest

from unfunnel.families.ops import NUMBER_FUNCTIONS, NumberFunction
from unfunnel.families.probit_normal import LOG_SCALE, LOG_SD
from unfunnel.parameterization.number_ops import NumberOp, applied

H = np.linspace(-8, 8, 17)[:, None]
LOGIT = np.linspace(-20, 20, 9)


@pytest.mark.parametrize("mode", ["FAST_COMPILE", "NUMBA", "CVM"])
def test_every_way_of_compiling(mode):
    h, logit = pt.dcol("h"), pt.dvector("logit")
    root = applied(LOG_SCALE, h, logit)
    outputs = [root, *pt.grad(root.sum(), [h, logit])]
    value, by_h, by_logit = pytensor.function([h, logit], outputs, mode=mode)(H, LOGIT)
    expected = LOG_SCALE.array(H, LOGIT)
    np.testing.assert_allclose(value, expected, rtol=1e-12)
    partials = [partial.array(expected, H, LOGIT) for partial in LOG_SCALE.partials]
    np.testing.assert_allclose(by_h, partials[0].sum(axis=1, keepdims=True), rtol=1e-9, atol=1e-13)
    np.testing.assert_allclose(by_logit, partials[1].sum(axis=0), rtol=1e-9)


def test_the_partial_derivatives_are_those_of_the_function():
    value = LOG_SCALE.array(H[4:13], LOGIT)
    step = 1e-5
    for i, partial in enumerate(LOG_SCALE.partials):
        ends = [
            LOG_SCALE.array(*(x + sign * step * (i == j) for j, x in enumerate((H[4:13], LOGIT))))
            for sign in (1, -1)
        ]
        slope = (ends[0] - ends[1]) / (2 * step)
        np.testing.assert_allclose(
            slope, partial.array(value, H[4:13], LOGIT), rtol=1e-5, atol=1e-8
        )


@pytest.mark.parametrize("bad", [(np.nan, 0.0), (0.0, np.nan), (np.inf, 1.0), (0.0, -np.inf)])
def test_no_number_in_no_number_out(bad):
    assert np.isnan(LOG_SCALE.number(*bad))
    assert all(np.isnan(partial.number(np.nan, *bad)) for partial in LOG_SCALE.partials)


def test_a_function_without_a_derivative_says_so():
    x = pt.dscalar("x")
    with pytest.raises(NotImplementedError, match="probit_log_sd has no derivative"):
        pt.grad(applied(LOG_SD, x, 1.0), x)


def test_operations_are_known_by_name():
    for function in NUMBER_FUNCTIONS.values():
        op = NumberOp(function)
        assert pickle.loads(pickle.dumps(op)) == op == copy.deepcopy(op)
        assert hash(op) == hash(NumberOp(function))
    assert NumberOp(LOG_SCALE) != NumberOp(LOG_SD)


@pytest.mark.parametrize("name", ["probit_log_scale", "weibull_log_scale"])
def test_many_elements_are_compiled(name):
    function = NUMBER_FUNCTIONS[name]
    fresh = NumberFunction(f"{name}_again", function.make)
    x = np.linspace(-9, 9, 2000)
    args = (x,) if NumberOp(function).nin == 1 else (x[:, None], np.array([-3, 0, np.nan, 5]))
    with np.errstate(invalid="ignore"):
        one_by_one = np.vectorize(function.number, otypes=[float])(*args)
    assert "_compiled" not in vars(fresh)
    np.testing.assert_array_equal(fresh.array(*(a[:50] for a in args)), one_by_one[:50])
    assert "_compiled" not in vars(fresh)
    np.testing.assert_allclose(fresh.array(*args), one_by_one, rtol=1e-12, atol=1e-14)
    assert "_compiled" in vars(fresh)
    del NUMBER_FUNCTIONS[fresh.name]
