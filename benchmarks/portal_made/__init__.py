"""A portal as large as a province's after years: what people filed once, copied until it is."""
