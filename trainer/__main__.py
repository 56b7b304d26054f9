"""Trains without the rest of crossthink installed, and on many devices: `accelerate launch -m trainer CONFIG ...`."""

import argparse
import sys
from pathlib import Path

from pipeline.errors import PipelineError
from trainer.config import read_config
from trainer.run import run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m trainer", description=__doc__)
    parser.add_argument("config", help="a preset, or the path of a YAML")
    parser.add_argument("--blend", type=Path, required=True, help="folder of a built blend")
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--set", action="append", default=[], metavar="'KEY: VALUE'", help="replaces a setting")
    parser.add_argument("--control", action="store_true", help="shuffle the training golds")
    given = parser.parse_args()
    try:
        outcome = run(read_config(given.config, given.set), given.blend, given.out, control=given.control)
    except PipelineError as error:
        print(f"trainer: {error}", file=sys.stderr)
        return 2
    print(f"held-out accuracy {outcome.before['all']} -> {outcome.after['all']}; {outcome.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
