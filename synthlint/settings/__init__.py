"""`[tool.synthlint]`: what can be set, what it means, and where a value came from."""

from synthlint.settings.errors import SettingsError
from synthlint.settings.load import find_file, settings_for
from synthlint.settings.options import ARTIFACT_KINDS, EDITIONS, Options

__all__ = ["ARTIFACT_KINDS", "EDITIONS", "Options", "SettingsError", "find_file", "settings_for"]
