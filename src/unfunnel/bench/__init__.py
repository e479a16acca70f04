"""``unfunnel bench``: one positive hierarchy sampled in many ways, on several kinds of data."""
