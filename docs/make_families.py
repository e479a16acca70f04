"""Write the pages of the families and their pictures: ``python docs/make_families.py``.

With ``--text`` the pictures are left as they are.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from family_gallery.figure import draw
from family_gallery.records import RECORDS
from family_gallery.template import index, page, page_name, picture_name

DOCS = Path(__file__).parent


def main() -> None:
    """Write every file."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--text", action="store_true", help="write no pictures")
    with_pictures = not arguments.parse_args().text
    folder = DOCS / "families"
    folder.mkdir(exist_ok=True)
    (folder / "index.md").write_text(index(), encoding="utf-8")
    for name in RECORDS:
        (folder / f"{page_name(name)}.md").write_text(page(name), encoding="utf-8")
        if with_pictures:
            draw(name).savefig(DOCS / "_static" / picture_name(name), dpi=110)


if __name__ == "__main__":
    main()
