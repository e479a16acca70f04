"""The gallery of families: one template, filled from the records of the library.

``records`` holds what only a person knows (``record`` says what that is), ``facts`` reads the rest
from the library and from models that it builds, ``template`` puts the two into Markdown, ``figure``
draws. ``docs/make_families.py`` writes the files.
"""
