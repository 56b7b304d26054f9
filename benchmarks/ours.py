"""Run one stage of ours over rows that lie in a data folder, as a build does: the runner, all its phases and files.

python -m benchmarks.ours dedup|decontaminate DATA WORKERS
"""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.pool import begin

if TYPE_CHECKING:
    from pipeline.step import Step


def steps(stage: str) -> "list[Step]":
    """Return the steps; all but the last are done: the rows, for decontamination the benchmark items before them."""
    from pipeline.step import UNION, Step
    from stages.normalize import Normalize

    rows = Step("normalize", UNION, "shard", (), stage=Normalize())
    if stage == "dedup":
        from stages.dedup import Dedup

        return [rows, Step("dedup", UNION, "whole", (rows.folder,), stage=Dedup())]
    from stages.decontaminate import Decontaminate

    items = Step("normalize", "items", "shard", (), stage=Normalize())
    assets = {"benchmarks": (items.folder,)}
    step = Step("decontaminate", UNION, "shard", (rows.folder,), stage=Decontaminate(), assets=assets)
    return [items, rows, step]


def main() -> None:
    stage, data, workers = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    if workers > 1:
        begin(workers, ["pipeline.work", "pipeline.match.compiled", f"stages.{stage}"])

    from pipeline.run import run

    run(steps(stage), data, workers=workers, tell=lambda progress: None)


if __name__ == "__main__":
    main()
