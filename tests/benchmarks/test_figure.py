"""The picture is one, for any part of the grid."""

import pytest
from benchmarks.figure import draw, save
from benchmarks.grid import FormName, Regime
from benchmarks.summary import frame


def test_figure_is_saved(records, tmp_path):
    save(frame(records), tmp_path / "new" / "bench.png")
    content = (tmp_path / "new" / "bench.png").read_bytes()
    assert content.startswith(b"\x89PNG\r\n") and len(content) > 10_000


@pytest.mark.parametrize("regimes", [[Regime.WEAK], list(Regime)[:4]])
def test_one_panel_a_regime(records, regimes):
    figure = draw(frame([r for r in records if r["regime"] in regimes]))
    assert len(figure.axes) == len(regimes)
    assert figure.axes[0].get_xscale() == "log"


def test_failed_fits_leave_no_dot(records, change):
    failed = change(records, FormName.VIP, ess_per_kgrad=0.0)
    panels = [draw(frame(some)).axes[0] for some in (records, failed)]
    dots = [sum(len(c.get_offsets()) for c in panel.collections) for panel in panels]
    assert 0 < dots[1] < dots[0]
