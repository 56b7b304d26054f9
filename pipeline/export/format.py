"""A format: how a row of a blend is written for one trainer, and how its prompt and gold are read from that again."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Format:
    """One trainer's data.

    record: a row of the blend -> what the trainer reads, or None where the trainer reads columns of the blend as they
    are; then `columns` are those. asked: such a record -> its prompt and gold, for the digest that all formats share.
    beside: files that pay the reward, by name. use: how the trainer is told of them, for the export's README.
    """

    name: str
    asked: Callable[[Row], tuple[str, str]]
    use: str
    record: Callable[[Row], dict[str, Any]] | None = None
    columns: tuple[str, ...] = ()
    beside: Mapping[str, str] = field(default_factory=dict)

    @property
    def suffix(self) -> str:
        return "jsonl" if self.record else "parquet"


def content(messages: Any) -> str:
    """Return the text of the only message of a chat prompt."""
    (message,) = messages
    return str(message["content"])
