"""The table of stages, by hand: the names that a recipe may use. A worker imports the stages that it runs, not this."""

from pipeline.stage import Stage
from stages.control import Control
from stages.decontaminate import Decontaminate
from stages.dedup import Dedup
from stages.difficulty import Difficulty
from stages.forms import Forms
from stages.judge import Judge
from stages.licence import Licence
from stages.mix import Mix
from stages.normalize import Normalize
from stages.paraphrase import Paraphrase
from stages.render import Render
from stages.split import Split
from stages.verifiable import Verifiable

STAGES: dict[str, type[Stage]] = {
    "normalize": Normalize,
    "forms": Forms,
    "verifiable": Verifiable,
    "dedup": Dedup,
    "decontaminate": Decontaminate,
    "paraphrase": Paraphrase,
    "judge": Judge,
    "difficulty": Difficulty,
    "split": Split,
    "mix": Mix,
    "control": Control,
    "render": Render,
    "licence": Licence,
}
