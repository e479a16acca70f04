"""Sphinx configuration."""

import os
from importlib.metadata import version as package_version
from pathlib import Path

project = "unfunnel"
author = "The unfunnel developers"
copyright = "The unfunnel developers"
release = package_version("unfunnel")
version = ".".join(release.split(".")[:2])

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "myst_nb",
    "sphinx_copybutton",
    "sphinx_design",
]
exclude_patterns = ["_build", "**.ipynb_checkpoints", "Thumbs.db", ".DS_Store"]

# Notebooks are published with their stored outputs; nothing is sampled while building.
nb_execution_mode = "off"
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
autodoc_typehints = "none"
autodoc_default_options = {"members": True, "show-inheritance": True}
numpydoc_class_members_toctree = False
numpydoc_show_class_members = False

# The build needs no network. UNFUNNEL_DOCS_INTERSPHINX=1 links to the upstream documentation.
if os.environ.get("UNFUNNEL_DOCS_INTERSPHINX") == "1":
    extensions.append("sphinx.ext.intersphinx")
    intersphinx_mapping = {
        "python": ("https://docs.python.org/3/", None),
        "pymc": ("https://www.pymc.io/projects/docs/en/stable/", None),
        "pymc_extras": ("https://www.pymc.io/projects/extras/en/latest/", None),
        "xarray": ("https://docs.xarray.dev/en/stable/", None),
    }

# The JSON Schema of files of priors has its address under _static.
html_static_path = [
    str(path) for path in (Path(__file__).parents[1] / "src").rglob("unfunnel-1.schema.json")
]

html_theme = "pydata_sphinx_theme"
html_title = f"unfunnel {release}"
html_show_sourcelink = False
html_theme_options = {"show_prev_next": True, "navigation_with_keys": False}
