"""Every error that the runtime raises. Each message names what was found and says what to do about it."""

from __future__ import annotations


class RuntimeCheckError(Exception):
    """A check of the data failed. ``result`` is the report behind it, if there is one.

    All errors of this module derive from it, so that ``except RuntimeCheckError`` catches every verdict of
    the runtime and nothing else.
    """

    def __init__(self, message: str, result: object | None = None) -> None:
        super().__init__(message)
        self.result = result


class DuplicateError(RuntimeCheckError):
    """More records repeat one another than was allowed."""


class UnusableResponseError(RuntimeCheckError):
    """A model response is truncated, refused, empty or cannot be parsed."""


class HoldoutError(RuntimeCheckError):
    """Reserved real rows leaked, or an evaluation set is not real or overlaps the training data."""


class WriterError(RuntimeCheckError):
    """A dataset file cannot be written or resumed as asked."""


class StateError(RuntimeCheckError):
    """A saved state cannot be read: damaged, of another version, or made with other settings."""


class ProvenanceError(RuntimeCheckError):
    """A provenance field or a manifest is missing, malformed or contradicts the data."""


class MemorizationError(RuntimeCheckError):
    """Generated records copy the source, or contain personal data that occurs in it."""


class DiversityError(RuntimeCheckError):
    """Generated texts are less varied than was allowed."""


class FidelityError(RuntimeCheckError):
    """Generated data differs from real data by more than was allowed."""


class KindError(RuntimeCheckError, TypeError):
    """The data has a type that the function cannot take or give back."""


class MissingDependencyError(RuntimeCheckError, ImportError):
    """A function needs a library that is not installed; the message names the extra that brings it."""
