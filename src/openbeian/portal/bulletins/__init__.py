"""Bulletins: drafted from the register's figures, edited, signed, published for good."""
