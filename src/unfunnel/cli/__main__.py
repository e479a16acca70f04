"""``python -m unfunnel.cli`` is ``unfunnel``."""

from unfunnel.cli import app

app()
