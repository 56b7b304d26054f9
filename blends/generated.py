"""Generates the raw rows of blends/tiny.yaml, with a seed: sums in a line of words, and who of three is the oldest.

Written for this project, for a very small model on a CPU (`make train`); they go through the chain like any others.
"""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from pipeline.files import write_whole

SEED = 13941
NUM_SUMS, NUM_AGES = 4_400, 2_400
# fmt: off
NAMES = (
    "Ada", "Ali", "Amy", "Ana", "Ben", "Bo", "Cleo", "Dan", "Dina", "Eli", "Emma", "Eva", "Finn", "Gus", "Hana", "Ida",
    "Ivan", "Jan", "Jo", "Kai", "Lea", "Leo", "Lin", "Lou", "Mae", "Max", "Mia", "Nia", "Noa", "Oli", "Omar", "Pia",
    "Rae", "Rio", "Rosa", "Sam", "Sara", "Tom", "Una", "Zoe",
)
THINGS = (
    "figs", "pens", "cups", "coins", "books", "stamps", "shells", "beads", "cards", "balls", "plums", "pears", "dates",
    "nuts", "eggs", "bags", "keys", "hats", "maps", "kites", "boats", "bells", "bricks", "jars", "lamps", "seeds",
    "drums", "ropes", "tiles", "rings",
)
# fmt: on
_MAP = """\
# Written by `crossthink build --sources generated` (blends/generated.py): raw rows made with a seed.
name: generated
columns: {question: question, answer: answer, options: options}
gold: text
sources:
  sums: {files: [sums.jsonl], category: mr, licence: apache-2.0}
  ages: {files: [ages.jsonl], category: gpr, licence: apache-2.0}
"""


def write_generated(folder: Path) -> Path:
    """Write the raw rows and the source map that names them, and return the map; the same bytes each time."""
    rng = random.Random(SEED)
    for name, rows in (("sums", sums(rng)), ("ages", ages(rng))):
        text = b"".join(orjson.dumps(row) + b"\n" for row in rows)
        write_whole(folder / f"{name}.jsonl", lambda part, text=text: part.write_bytes(text))  # type: ignore[misc]
    path = folder / "sources.yaml"
    write_whole(path, lambda part: part.write_text(_MAP))
    return path


def sums(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Yield {"question": "Ana has 37 figs and gets 48 more. How many figs?", "answer": "85", "options": null}.

    No two rows add the same two numbers, so that no row is a copy of another.
    """
    pairs = rng.sample([(x, y) for x in range(5, 100) for y in range(5, 100)], NUM_SUMS)
    for x, y in pairs:
        name, thing = rng.choice(NAMES), rng.choice(THINGS)
        question = f"{name} has {x} {thing} and gets {y} more. How many {thing}?"
        yield {"question": question, "answer": str(x + y), "options": None}


def ages(rng: random.Random) -> Iterator[dict[str, Any]]:
    """Yield {"question": "Today Ana is 3, Ben is 8 and Leo is 5. Who is the oldest?", "answer": "Ben", ...}."""
    seen: set[tuple[str, ...]] = set()
    while len(seen) < NUM_AGES:
        names, years = rng.sample(NAMES, 3), rng.sample(range(1, 10), 3)
        if tuple(names) in seen:
            continue
        seen.add(tuple(names))
        first, second, third = (f"{name} is {age}" for name, age in zip(names, years, strict=True))
        yield {
            "question": f"Today {first}, {second} and {third}. Who is the oldest?",
            "answer": names[years.index(max(years))],
            "options": sorted(names),
        }
