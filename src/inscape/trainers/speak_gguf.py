"""Answers with llama.cpp, from a GGUF: by the package xllamacpp, else by llama-cpp-python.

Invariant: what xllamacpp opens to the machine is a socket in a folder of its own, or a port of this machine alone, with
a key that nobody else has. Special tokens are read from the prompt and stand in the answer, as the trainer has them.
"""

from __future__ import annotations

import ctypes
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from inscape.trainers.gguf_metadata import Metadata, read
from inscape.trainers.speak_jobs import Bit, Engine, How, Refused, Said, SpeakJob, fits
from inscape.trainers.telling import Failure

DEFAULT_CONTEXT = 4096
"""Of a model whose file does not say; and the most that is taken by default, since memory is set aside for it."""


def load(job: SpeakJob) -> Engine:
    """Raises Failure where the file is no GGUF, or no package is there that reads one."""
    try:
        held = read(Path(job.model))
    except (OSError, ValueError) as problem:
        raise Failure("no-model", f"{job.model} is no GGUF that can be read: {problem}") from None
    if find_spec("xllamacpp"):
        return XLlama(job, held)
    if find_spec("llama_cpp"):
        return LlamaCpp(job, held)
    raise Failure(
        "packages",
        f"Nothing that answers from a GGUF is installed for {sys.executable}. Install llama.cpp there: "
        f"{sys.executable} -m pip install xllamacpp",
    )


class _Gguf:
    """What both packages' models have in common: what the file says of itself."""

    def __init__(self, job: SpeakJob, held: Metadata) -> None:
        self.path = job.model
        self.name = Path(job.model).name
        self.template: str | None = held.template
        self.bos: str | None = held.special("bos")
        self.eos: str | None = held.special("eos")
        self.context: int | None = job.context or min(held.context or DEFAULT_CONTEXT, DEFAULT_CONTEXT)
        self._held = held
        self._threads = job.threads

    def piece(self, id_: int) -> str:
        return self._held.token(id_) or f"token {id_}"


class XLlama(_Gguf):
    """By xllamacpp: llama.cpp's server inside the process."""

    def __init__(self, job: SpeakJob, held: Metadata) -> None:
        import xllamacpp

        super().__init__(job, held)
        params = xllamacpp.CommonParams()
        params.model.path = job.model
        params.n_ctx, params.n_parallel = self.context, 1
        params.special, params.warmup, params.ui, params.verbosity = True, False, False, 0
        params.cors_origins, params.endpoint_slots, params.offline = "", False, True
        params.api_keys = [secrets.token_hex(16)]
        if job.dtype == "float32":
            params.cache_type_k = params.cache_type_v = xllamacpp.ggml_type.GGML_TYPE_F32
        if job.threads:
            params.cpuparams.n_threads = params.cpuparams_batch.n_threads = job.threads
        self._room = tempfile.TemporaryDirectory(prefix="inscape-")
        if os.name == "posix":
            params.hostnames = [f"{self._room.name}/llama.sock"]
        try:
            self._server = xllamacpp.Server(params)
        except RuntimeError:
            raise Failure(
                "no-model",
                f"llama.cpp cannot load {job.model}: the file is damaged, of a kind that this llama.cpp does not know "
                "yet, or too large for the memory. The log has its own words.",
            ) from None
        finally:
            self._room.cleanup()
        self._words: Vocabulary | None = None

    def tokens(self, text: str) -> list[int]:
        if self._words is None:
            self._words = Vocabulary(sys.modules["xllamacpp.xllamacpp"].__file__ or "", self.path)
        return self._words.tokens(text)

    def many(self, prompts: Sequence[str], most: int) -> list[Said]:
        made = []
        for prompt in prompts:
            found = self._server.handle_completions({**self._asked(prompt, How(most)), "verbose": True})
            _check(found, self.context)
            whole = found["__verbose"]
            made.append(Said(found["choices"][0]["text"], tuple(whole["tokens"])))
        return made

    def write(self, prompt: str, how: How) -> Iterator[Bit]:
        """The server's own thread writes, this one reads; where reading ends, the server is told by its next word."""
        came: SimpleQueue[dict[str, Any] | BaseException | None] = SimpleQueue()
        left = threading.Event()

        def heard(chunk: dict[str, Any]) -> bool:
            came.put(chunk)
            return left.is_set()

        def work() -> None:
            try:
                self._server.handle_completions({**self._asked(prompt, how), "stream": True, "verbose": True}, heard)
            except BaseException as problem:  # noqa: BLE001 (is raised where the answer is read)
                came.put(problem)
            came.put(None)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield from _bits(iter(came.get, None), self.context)
        finally:
            left.set()
            thread.join()

    def _asked(self, prompt: str, how: How) -> dict[str, Any]:
        """A request of llama.cpp's; nothing but temperature and top_p shapes what is drawn."""
        greedy = how.temperature <= 0
        return {
            "prompt": self._prompt(prompt), "max_tokens": how.most, "temperature": max(how.temperature, 0.0),
            "top_k": 1 if greedy else 0, "top_p": how.top_p, "min_p": 0.0, "repeat_penalty": 1.0,
            "return_tokens": True, "cache_prompt": True, **({} if how.seed is None else {"seed": how.seed % 2**32}),
        }  # fmt: skip

    def _prompt(self, text: str) -> list[int | str]:
        """The text so that llama.cpp puts nothing before it: what begins with a token's id is taken as it stands."""
        mark = max((one for one in self._held.marks if text.startswith(one)), key=len, default="")
        if not mark:
            return [*self.tokens(text)]
        rest = text[len(mark) :]
        return [self._held.marks[mark], *([rest] if rest else [])]


def _bits(chunks: Iterator[Any], context: int | None) -> Iterator[Bit]:
    """A text is handed on when the next one comes, since only the last line says whether it was an end mark."""
    held = Bit("", 0)
    for chunk in chunks:
        if isinstance(chunk, BaseException):
            raise chunk
        _check(chunk, context)
        whole = chunk["__verbose"]
        count, prompt = whole["tokens_predicted"], whole["tokens_evaluated"]
        if whole.get("stop"):
            yield from _last(held, Bit("", count, whole.get("stop_type") == "eos", prompt))
            return
        if text := chunk["choices"][0]["text"]:
            yield held
            held = Bit(text, count, prompt=prompt)


def _last(held: Bit, end: Bit) -> Iterator[Bit]:
    """The text that was held back: the end mark itself, where an end came and the mark has a text."""
    if end.end and held.count == end.count:
        yield replace(end, text=held.text)
    else:
        yield held
        yield end


def _check(found: dict[str, Any], context: int | None) -> None:
    """Raises Refused where llama.cpp answers with an error."""
    if error := found.get("error"):
        if count := error.get("n_prompt_tokens"):
            fits(count, context, 1)
        raise Refused(f"llama.cpp cannot answer: {error.get('message')}")


class _Opaque(ctypes.Structure):
    """A structure of llama.cpp's, whose fields differ from version to version: handed on as it came, large enough."""

    _fields_ = (("bytes", ctypes.c_char * 1024),)


class Vocabulary:
    """llama.cpp's own tokenizer, by the library inside the package: the server tells no token of a prompt. The model is
    mapped a second time, and only where tokens are asked for."""

    def __init__(self, library: str, model: str) -> None:
        self.lib = ctypes.CDLL(library)
        for name, result, takes in (
            ("llama_model_default_params", _Opaque, ()),
            ("llama_model_load_from_file", ctypes.c_void_p, (ctypes.c_char_p, _Opaque)),
            ("llama_model_get_vocab", ctypes.c_void_p, (ctypes.c_void_p,)),
        ):
            if not hasattr(self.lib, name):
                raise Refused("This build of xllamacpp does not show llama.cpp's tokenizer. Install a newer one.")
            getattr(self.lib, name).restype = result
            getattr(self.lib, name).argtypes = takes
        held = self.lib.llama_model_load_from_file(os.fsencode(model), self.lib.llama_model_default_params())
        self.vocab = ctypes.c_void_p(self.lib.llama_model_get_vocab(ctypes.c_void_p(held))) if held else None

    def tokens(self, text: str) -> list[int]:
        if self.vocab is None:
            raise Refused("llama.cpp could not read the vocabulary out of the GGUF.")
        data = text.encode("utf-8")
        most = len(data) + 8
        ids = (ctypes.c_int32 * most)()
        count = self.lib.llama_tokenize(
            self.vocab, data, ctypes.c_int32(len(data)), ids, ctypes.c_int32(most), ctypes.c_bool(False),
            ctypes.c_bool(True),
        )  # fmt: skip
        return list(ids[:count])


class LlamaCpp(_Gguf):
    """By llama-cpp-python, where that is installed."""

    def __init__(self, job: SpeakJob, held: Metadata) -> None:
        import llama_cpp

        super().__init__(job, held)
        try:
            self._llama = llama_cpp.Llama(
                job.model, n_ctx=self.context or 0, n_threads=job.threads, verbose=False, seed=secrets.randbits(31)
            )
        except ValueError as problem:
            raise Failure("no-model", f"llama.cpp cannot load {job.model}: {problem}") from None

    def tokens(self, text: str) -> list[int]:
        return list(self._llama.tokenize(text.encode("utf-8"), add_bos=False, special=True))

    def many(self, prompts: Sequence[str], most: int) -> list[Said]:
        made = []
        for prompt in prompts:
            ids = list(self._ids(self.tokens(prompt), How(most)))
            made.append(Said(self._llama.detokenize(ids, special=True).decode("utf-8", "replace"), tuple(ids)))
        return made

    def write(self, prompt: str, how: How) -> Iterator[Bit]:
        from codecs import getincrementaldecoder

        letters = getincrementaldecoder("utf-8")("replace")
        ids = self.tokens(prompt)
        for count, id_ in enumerate(self._ids(ids, how), 1):
            data = self._llama.detokenize([id_], special=True)
            yield Bit(letters.decode(data), count, id_ in self._held.ends, len(ids))

    def _ids(self, prompt: Sequence[int], how: How) -> Iterator[int]:
        most = fits(len(prompt), self.context, how.most)
        if how.seed is not None:
            self._llama.set_seed(how.seed)
        drawn = self._llama.generate(
            list(prompt), top_k=1 if how.temperature <= 0 else 0, top_p=how.top_p, min_p=0.0,
            temp=max(how.temperature, 0.0), repeat_penalty=1.0,
        )  # fmt: skip
        for _, id_ in zip(range(most), drawn, strict=False):
            yield id_
            if id_ in self._held.ends:
                return
