"""What the command line prints: progress, plan, funnel and a row's life; tables on a terminal and in a log alike."""

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from pipeline.explain import Event
from pipeline.funnel import Cell, Funnel
from pipeline.run import Progress

# A log has no width of its own; tables keep theirs instead of wrapping at 80.
_MOST_LEAVES = 60  # lines of a table of shares: every domain is a leaf where a recipe says so
out = Console(highlight=False, width=None if sys.stdout.isatty() else 200, soft_wrap=not sys.stdout.isatty())


class Teller:
    """Shows a build's progress: bars on a terminal, else a line when a stage is finished."""

    def __init__(self, count: Callable[[Progress], tuple[int, int]]) -> None:
        self._count = count
        self._start = time.monotonic()
        columns = (TextColumn("{task.description:<13}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Bars(*columns, console=out, transient=True) if out.is_terminal else None
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> "Teller":
        if self._bars:
            self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._bars:
            self._bars.stop()

    def tell(self, progress: Progress) -> None:
        if self._bars and not progress.finished:
            if progress.name not in self._tasks:
                self._tasks[progress.name] = self._bars.add_task(progress.name, total=progress.num_jobs)
            task = self._tasks[progress.name]
            self._bars.update(task, completed=progress.num_done, total=progress.num_jobs)
        if progress.finished:
            kept, dropped = self._count(progress)
            seconds = time.monotonic() - self._start
            if progress.name in self._tasks and self._bars:
                self._bars.remove_task(self._tasks.pop(progress.name))
            out.print(f"{progress.name:<13} {kept:>9,} kept {dropped:>9,} dropped   {seconds:6.1f} s")


def table(*header: str) -> Table:
    """Return a table whose first column is text and whose others are figures."""
    made = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for number, name in enumerate(header):
        made.add_column(name, justify="left" if number == 0 else "right", no_wrap=number == 0)
    return made


def show_funnel(funnel: Funnel, *, by_source: bool) -> None:
    """Print the funnel: a line a stage, or a line a stage and source."""
    made = table("stage", "in", "kept", "dropped", "why")
    made.columns[-1].justify = "left"
    for stage in funnel.stages:
        total = funnel.total(stage)
        made.add_row(stage, f"{total.came_in:,}", f"{total.kept:,}", f"{total.dropped:,}", _reasons(total))
        for source in funnel.sources if by_source else ():
            cell = funnel.cells[stage, source]
            made.add_row(f"  {source}", f"{cell.came_in:,}", f"{cell.kept:,}", f"{cell.dropped:,}", _reasons(cell))
    out.print(made)


def _reasons(cell: Cell) -> str:
    ordered = sorted(cell.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
    return ", ".join(f"{reason} {num:,}" for reason, num in ordered)


def show_shares(shares: Sequence[Mapping[str, Any]]) -> None:
    """Print what each leaf was asked for and gives; `<` marks the one that binds the size.

    Rows requested stand there where a number was asked for, epochs where rows repeat.
    """
    train = [share for share in shares if share["split"] == "train"]
    total = sum(share["granted"] for share in train) or 1
    repeats = any(share["granted"] > share["eligible"] for share in train)
    requested = any(share["wanted"] is not None for share in train)
    shown = [("share asked", True), ("share", True), ("requested", requested), ("rows", True), ("eligible", True)]
    made = table("source", *(name for name, is_shown in [*shown, ("epochs", repeats)] if is_shown), "")
    for share in train[:_MOST_LEAVES]:
        figures = [f"{share['share']:.4f}", f"{share['granted'] / total:.4f}"]
        figures += [f"{share['wanted']:,}"] if requested else []
        figures += [f"{share['granted']:,}", f"{share['eligible']:,}"]
        figures += [f"{share['granted'] / (share['eligible'] or 1):.2f}"] if repeats else []
        made.add_row(share["source"], *figures, "< binds the size" if share["binding"] else "")
    out.print(made)
    if len(train) > _MOST_LEAVES:
        out.print(f"... and {len(train) - _MOST_LEAVES:,} more; report.json has them all")


def show_life(row_id: str, events: Sequence[Event]) -> None:
    """Print what each step did to a row: the values it changed, and the reason and evidence where it went."""
    out.print(f"[bold]{row_id}[/bold]")
    for event in events:
        verdict = f"dropped: {event.reason}" if event.reason else "kept" if event.after else "kept, unchanged"
        out.print(f"[bold]{event.step}[/bold]  {verdict}", style="red" if event.reason else None)
        for name, value in event.after.items():
            was = event.before.get(name)
            if value is None and was is None:
                continue
            told = _short(value) if was is None else f"{_short(was)}  ->  {_short(value)}"
            out.print(f"  {name}: {told}", markup=False)
        _show_asked(event.asked)
        if event.evidence:
            out.print(f"  evidence: {_short(event.evidence, 600)}", markup=False)


def _show_asked(asked: Sequence[Mapping[str, Any]]) -> None:
    """Print the prompt once and every completion behind it."""
    told = None
    for request in asked:
        if request["messages"] != told:
            told = request["messages"]
            for message in orjson.loads(told):
                text = _short(message["content"], 2_000).replace("\n", "\n    ")
                out.print(f"  {message['role']} to {request['model']}:\n    {text}", markup=False)
        said = request["text"] if request["fault"] is None else f"no answer: {request['fault']}"
        out.print(f"  completion {request['digest'][:8]}: {_short(said, 600)}", markup=False)


def _short(value: Any, most: int = 240) -> str:
    text = value if isinstance(value, str) else orjson.dumps(value, default=str).decode()
    return text if len(text) <= most else f"{text[:most]} ... ({len(text):,} characters)"
