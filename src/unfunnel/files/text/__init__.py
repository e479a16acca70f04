"""JSON and YAML: reading with problems and lines, writing in one layout, changing in place."""
