"""The mistakes a user can make, one class each: every message is one line that says place, value and mend."""

from collections.abc import Iterable
from difflib import get_close_matches


class PipelineError(Exception):
    """Something the user can mend. The command line prints it as one line and exits with 2."""


class RecipeError(PipelineError):
    """A recipe or a source map says something that cannot be done: a misspelt name, shares that do not sum to 1."""


class ShortageError(RecipeError):
    """A blend wants more rows than there are. leaves: the parts of the blend that are short."""

    def __init__(self, message: str, *leaves: str) -> None:
        super().__init__(message, *leaves)  # all of them, so that it survives the way from a worker
        self.leaves = leaves

    def __str__(self) -> str:
        return str(self.args[0])


class SourceError(PipelineError):
    """A source cannot be had: unknown, gated, without its files."""


class DataError(PipelineError):
    """A file or a column cannot be read as it should: truncated, missing, of another type."""


class FolderError(PipelineError):
    """The data folder cannot be used: not writable, full, held by another build."""


class PublishError(PipelineError):
    """A blend may not be published as it is, or the Hub did not take it."""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return the mend for a misspelt `word`: `dedupe`, [dedup, mix] -> "did you mean 'dedup'?"."""
    names = sorted(known)
    close = get_close_matches(word, names, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"known: {', '.join(names)}"
