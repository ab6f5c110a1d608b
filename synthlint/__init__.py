"""synthlint: a linter for pipelines that make training data with generative models."""

from synthlint._version import __version__

__all__ = ["__version__"]
