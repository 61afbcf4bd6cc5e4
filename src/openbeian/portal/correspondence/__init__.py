"""Messages on an application, between its provider and the offices in charge."""
