"""OpenBeian: the filing system (备案) for generative-AI services."""

__all__ = ["__version__"]

__version__ = "0.1.0"
