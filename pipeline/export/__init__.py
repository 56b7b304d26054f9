"""The formats that a built blend can be written in, by name."""

from pipeline.export.format import Format
from pipeline.export.jsonl import JSONL
from pipeline.export.nemo_gym import NEMO_GYM
from pipeline.export.open_instruct import OPEN_INSTRUCT
from pipeline.export.trl import TRL
from pipeline.export.verifiers import VERIFIERS
from pipeline.export.verl import VERL

FORMATS: dict[str, Format] = {one.name: one for one in (TRL, VERL, OPEN_INSTRUCT, NEMO_GYM, VERIFIERS, JSONL)}
