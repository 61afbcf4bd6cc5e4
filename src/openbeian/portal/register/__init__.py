"""The public register: queries only, it stores nothing."""
