"""``unfunnel bench``: one hierarchy of a family sampled in many ways, on several kinds of data."""
