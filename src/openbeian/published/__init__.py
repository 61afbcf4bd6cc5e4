"""The lists that offices publish: read as they really come, matched with what is known, and shipped as facts.

Nothing is guessed silently: every oddity has a code, a place, what was found and what was decided and why.
"""
