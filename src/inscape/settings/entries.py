"""Every setting: its name, kind, default and explanation, stated once."""

from __future__ import annotations

from dataclasses import dataclass

from inscape.thresholds import ALLOWED, THRESHOLDS

FORMAT = 1
"""Version of the project folder. A folder with a greater one was made by a newer inscape."""

Value = str | int | float | bool


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting. `key` is 'section.name'; the kind is that of the default."""

    key: str
    default: Value
    help: str
    choices: tuple[str, ...] = ()
    allowed: tuple[float, float] | None = None
    """The least and the greatest value of a number."""

    @property
    def range(self) -> str:
        """'from 0 to 1'; empty where it is no number."""
        return "from {:,} to {:,}".format(*self.allowed) if self.allowed else ""

    @property
    def env(self) -> str:
        return "INSCAPE_" + self.key.replace(".", "_").upper()


_SIZES = ("7B", "30B", "70B", "405B")
SETTINGS: tuple[Setting, ...] = (
    Setting("project.name", "", "The project's name, as reports and cards show it."),
    Setting(
        "project.rights",
        "unknown",
        "Rights of books added without --rights. Private books never leave by an upload.",
        ("public-domain", "licensed", "private", "unknown"),
    ),
    Setting(
        "reading.seconds",
        60.0,
        "Seconds of computing that reading one file may take, beyond what its size and its pages earn. A novel takes "
        "three.",
        allowed=(1, 86_400),
    ),
    Setting(
        "reading.memory_mb",
        2048,
        "Megabytes that reading one file may take, beyond four times its size.",
        allowed=(256, 1_000_000),
    ),
    Setting(
        "reading.languages",
        "",
        "Languages of scanned books, as tesseract names them, joined by +: eng+tur. See `tesseract --list-langs`. "
        "Empty: the one that the file names, else English.",
    ),
    Setting(
        "reading.cache_mb",
        500,
        "Megabytes that the cache of read books may take in your own cache folder. 0: nothing is kept there.",
        allowed=(0, 1_000_000),
    ),
    Setting(
        "teacher.name",
        "",
        "Who answers the prompts. openai is any OpenAI-compatible server (Ollama, vLLM, llama.cpp, LM Studio, "
        "OpenRouter, OpenAI…), manual writes the prompts as files to paste into any chat. Empty: asked for each time.",
        ("", "openai", "anthropic", "manual", "fake", "recorded"),
    ),
    Setting("teacher.model", "", "The model's name as the server knows it, such as llama3.3:70b."),
    Setting(
        "teacher.base_url",
        "",
        "Address of an OpenAI-compatible server, such as http://localhost:11434/v1 for Ollama. "
        "Empty: the provider's own.",
    ),
    Setting(
        "teacher.key_env",
        "",
        "Name of the environment variable that holds the API key. Empty: OPENAI_API_KEY or ANTHROPIC_API_KEY. "
        "The key itself never stands in this file.",
    ),
    Setting(
        "teacher.max_tokens",
        4000,
        "The longest answer, in tokens, a reasoning model's thinking included.",
        allowed=(1, 100_000_000),
    ),
    Setting(
        "teacher.temperature",
        -1.0,
        "Sampling temperature. Below 0: not sent (some models refuse it), the server's default holds.",
        allowed=(-1, 10),
    ),
    Setting("teacher.timeout", 180.0, "Seconds to wait for one answer.", allowed=(0.01, 86_400)),
    Setting(
        "teacher.concurrency", 4, "Requests in flight at once. 1 for a model on your own machine.", allowed=(1, 1000)
    ),
    Setting("teacher.tries", 5, "How often one request is tried before it counts as failed.", allowed=(1, 100)),
    Setting("teacher.recording", "", "The file of answers that the recorded teacher plays back."),
    Setting("teacher.script", "", "A file of answers for the fake teacher, used in turn. Empty: it makes them up."),
    Setting("teacher.delay", 0.0, "Seconds the fake teacher takes for an answer.", allowed=(0, 3600)),
    Setting(
        "teacher.faults",
        "",
        "What the fake teacher does wrong, as shares: 'busy=0.1, cut=0.1, prose=0.05, refuse=0.01'.",
    ),
    Setting("generate.samples", 1, "Answers asked for each passage and template.", allowed=(1, 1000)),
    Setting("generate.cap", 0.0, "Dollars one run may spend at most, by estimate. 0: no cap.", allowed=(0, 1_000_000)),
    Setting(
        "generate.price_in",
        -1.0,
        "Dollars per million prompt tokens. Below 0: from the price table.",
        allowed=(-1, 1_000_000),
    ),
    Setting(
        "generate.price_out",
        -1.0,
        "Dollars per million answer tokens. Below 0: from the price table.",
        allowed=(-1, 1_000_000),
    ),
    Setting("examples.tag", "thinking", "Name of the tag around a thought: thinking makes <thinking>…</thinking>."),
    *(
        Setting(f"check.{name}", default, help_, _SIZES if name == "model_size" else (), ALLOWED.get(name))
        for name, default, help_ in THRESHOLDS
    ),
    Setting(
        "split.valid",
        0.1,
        "Share of the rows that is held back for validation. 0: no split, everything is for training.",
        allowed=(0, 0.5),
    ),
    Setting("split.seed", 1, "Chooses among splits that are equally good.", allowed=(-(10**9), 10**9)),
    Setting(
        "split.by",
        "auto",
        "What is never divided: a book, a stretch of a book, a topic, or a row. auto: whole books where there are "
        "enough of them, else stretches; rows without a book by the topic they name.",
        ("auto", "book", "stretch", "topic", "row"),
    ),
    Setting(
        "export.effort",
        "none",
        "Where effort (complexity, iterations) is put into the text, since trainers read no metadata: the answer's "
        "first token, a line of the system prompt, both, or nowhere.",
        ("none", "first-token", "system-line", "both"),
    ),
    Setting(
        "export.effort_levels",
        "three",
        "Effort as three words (low, medium, high) or as nine numbers (iterations); a small set can teach three.",
        ("three", "nine"),
    ),
    Setting(
        "export.system",
        "rows",
        "System prompt of training rows: as the rows have it, or, where a row has none, the section 'System prompt' of "
        "persona.md.",
        ("rows", "persona"),
    ),
    Setting(
        "train.backend",
        "peft",
        "What trains: peft (PyTorch) or mlx (Apple's chips, and Linux); axolotl or unsloth where you installed them.",
        ("peft", "mlx", "axolotl", "unsloth"),
    ),
    Setting("train.model", "", "The model to train: its folder here, or its name in the hub's cache."),
    Setting(
        "train.python",
        "",
        "The Python that has the trainer's packages, such as ~/trainers/bin/python. Empty: the one that runs inscape.",
    ),
    Setting(
        "gguf.llama_cpp",
        "",
        "The folder of llama.cpp, with convert_hf_to_gguf.py and, where it was built, llama-quantize. Empty: looked "
        "for on the PATH and where `inscape gguf --fetch` puts it.",
    ),
    Setting(
        "chat.budget_low",
        0,
        "Tokens of thought at low effort before it is cut and the reply begins.",
        allowed=(0, 10**6),
    ),
    Setting("chat.budget_medium", 256, "The same at medium effort.", allowed=(0, 10**6)),
    Setting("chat.budget_high", 1024, "The same at high effort.", allowed=(0, 10**6)),
    Setting("chat.max_tokens", 1024, "The longest reply, in tokens, its thought not counted.", allowed=(1, 10**6)),
    Setting("chat.temperature", 0.7, "Sampling temperature; 0 takes the likeliest token each time.", allowed=(0, 10)),
    Setting("chat.top_p", 0.95, "Tokens are drawn from the likeliest that make up this share.", allowed=(0.01, 1)),
    Setting(
        "review.reviewer",
        "",
        "Who decides: a name that is kept with each decision and stands on the card. Empty: a person, unnamed.",
    ),
    Setting(
        "review.words_per_minute",
        260,
        "Reading rate for the time left before your own is known (Brysbaert 2019: 260 for fiction).",
        allowed=(1, 100_000),
    ),
)

SECTIONS = {
    "project": "The project",
    "reading": "Reading books",
    "teacher": "The teacher: who writes the answers",
    "generate": "Generation",
    "examples": "Examples",
    "check": "Checks: what is found in examples, and from when on",
    "split": "The split into training and validation",
    "export": "Export",
    "train": "Training",
    "gguf": "Conversion for llama.cpp and Ollama",
    "chat": "Talking to the model: chat and serve",
    "review": "Review",
}
