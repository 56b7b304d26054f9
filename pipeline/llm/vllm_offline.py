"""Runs a model in this process with vLLM: chat template, sampling, tensor parallel, text that follows a JSON schema.

The only file that imports vllm.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.errors import SourceError
from pipeline.llm.backend import Arrived
from pipeline.llm.request import Outcome, Request

if TYPE_CHECKING:
    from vllm import LLM, RequestOutput, SamplingParams

_QUEUE = 2  # requests kept per sequence that vLLM computes at once, so that its batch is full while answers are stored


class VllmOffline:
    """vLLM's engine. A model is loaded at its first request and kept until another one is asked: one at a time.

    weights: the folder of a model by its name; any other is a name on the hub, or a folder itself. tensor_parallel:
    GPUs that share the model. max_model_tokens: the longest prompt with its completion, 0 for the model's own.
    """

    name = "vllm"
    room = 64  # before the engine says how many sequences it computes at once

    def __init__(self, weights: Mapping[str, str], *, tensor_parallel: int, max_model_tokens: int) -> None:
        self._weights = weights
        self._tensor_parallel = tensor_parallel
        self._max_model_tokens = max_model_tokens
        self._llm: LLM | None = None
        self._model = ""
        self._under_way: dict[str, Request] = {}
        self._refused: list[Outcome] = []

    def start(self, arrived: Arrived) -> None:
        self._arrived = arrived

    def ask(self, request: Request) -> None:
        if self._llm and request.model != self._model:
            assert not self._under_way, f"{request.model} is asked while {self._model} answers"
            self._unload(self._llm)
        llm = self._llm or self._load(request.model)
        from vllm.exceptions import VLLMValidationError

        try:
            prompt = {"prompt_token_ids": _tokens(llm, request)}
            llm.llm_engine.add_request(request.digest, prompt, _sampling(request))
        except (ValueError, VLLMValidationError) as error:  # too long, or a schema that no grammar can follow
            refused = Outcome(request.digest, None, fault="refused", detail=" ".join(str(error).split())[:300])
            self._arrived([(request, refused)])
            self._refused.append(refused)
        else:
            self._under_way[request.digest] = request

    def take(self, *, wait: bool) -> list[Outcome]:
        taken, self._refused = self._refused, []
        while wait and not taken and self._llm and self._llm.llm_engine.has_unfinished_requests():
            done = [output for output in self._step(self._llm) if output.finished]
            finished = [_outcome(output) for output in done if output.request_id in self._under_way]  # none given up
            if finished:
                self._arrived([(self._under_way.pop(outcome.digest), outcome) for outcome in finished])
            taken += finished
        return taken

    def stop(self) -> None:
        if self._llm and self._under_way:
            self._llm.llm_engine.abort_request(list(self._under_way))
        self._under_way.clear()
        self._refused.clear()

    def _step(self, llm: "LLM") -> "list[RequestOutput]":
        try:
            return llm.llm_engine.step()  # type: ignore[no-any-return, unused-ignore]
        except Exception as error:  # of any kind: memory, a worker's death; the completions stored stay
            raise SourceError(f"{self._model}: vLLM stopped ({_first_line(error)}); mend it and run again") from error

    def _load(self, model: str) -> "LLM":
        try:
            import vllm
        except ImportError as error:
            mend = "install vllm==0.31.0 for a GPU, or ask a server with --engine openai --url ADDRESS"
            raise SourceError(f"engine vllm: not installed ({error}); {mend}") from error
        from vllm.platforms import current_platform

        # On a CPU vLLM 0.31 dies of a seeded request whose prompt it computes in parts ("does not use offset").
        where = self._weights.get(model, model)
        parts = {"enable_chunked_prefill": False} if current_platform.is_cpu() else {}
        try:
            llm = vllm.LLM(
                **parts,
                model=where,
                tensor_parallel_size=self._tensor_parallel,
                max_model_len=self._max_model_tokens or None,
            )
        except Exception as error:  # of any kind: no such model, no GPU, no memory
            mend = "name another model, or its folder with --weights MODEL=FOLDER"
            raise SourceError(f"{where}: vLLM cannot load it ({_first_line(error)}); {mend}") from error
        self.name = f"vllm {vllm.__version__}"
        self.room = _QUEUE * llm.llm_engine.vllm_config.scheduler_config.max_num_seqs
        self._llm, self._model = llm, model
        return llm

    def _unload(self, llm: "LLM") -> None:
        """Free the memory of the model for the next one."""
        from vllm.distributed.parallel_state import cleanup_dist_env_and_memory

        self._llm = None
        llm.llm_engine.engine_core.shutdown()
        del llm
        cleanup_dist_env_and_memory()


def _tokens(llm: "LLM", request: Request) -> list[int]:
    """Return the prompt: the messages in the model's chat template, open for its answer."""
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    tokenizer = llm.get_tokenizer()
    return list(tokenizer.apply_chat_template(messages, add_generation_prompt=True, return_dict=False))


def _sampling(request: Request) -> "SamplingParams":
    from vllm import SamplingParams
    from vllm.sampling_params import RequestOutputKind, StructuredOutputsParams

    wanted = request.sampling
    schema = None if request.schema is None else dict(request.schema)
    return SamplingParams(
        temperature=wanted.temperature,
        top_p=wanted.top_p,
        max_tokens=wanted.max_tokens,
        seed=wanted.seed,
        stop=list(wanted.stop) or None,
        structured_outputs=None if schema is None else StructuredOutputsParams(json=schema),
        output_kind=RequestOutputKind.FINAL_ONLY,
    )


def _outcome(output: "RequestOutput") -> Outcome:
    made = output.outputs[0]
    tokens = len(output.prompt_token_ids or ()), len(made.token_ids)
    if made.finish_reason not in ("stop", "length"):
        return Outcome(output.request_id, None, fault="server error", detail=f"vLLM ended it: {made.finish_reason}")
    return Outcome(output.request_id, made.text, made.finish_reason, *tokens)


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
