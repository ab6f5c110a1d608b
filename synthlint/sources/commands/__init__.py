"""Commands that start the project's scripts, read from shell scripts, Makefiles, CI files and the like."""

from synthlint.sources.commands.expand import HOLE
from synthlint.sources.commands.shell import Command, Commands

__all__ = ["HOLE", "Command", "Commands"]
