"""`beian demo`: two services through the whole life of a filing, on a real language model.

Nothing here is scripted but the people's clicks: the model answers, the judges judge, and what the
register shows is recomputed from the evidence.
"""
