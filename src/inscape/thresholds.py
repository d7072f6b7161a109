"""The [check] section of the settings: every threshold of `inscape check`, its default, and where the default is from.

Invariant: a default is stated here and nowhere else. "Measured" means on 200-word passages of one translated
first-person novel, 2,307 inner thoughts of a synthetic set and 2,976 stories of 31 models, in English: a place to
start, not a law. "Measured in Turkish" means on what benchmarks/RESULTS.md lists under "Turkish bands"; a name with
`_tr` holds for Turkish texts in place of the one without. All others were held against the same texts and fit them.
"""

from __future__ import annotations

THRESHOLDS: tuple[tuple[str, str | int | float, str], ...] = (
    ("off", "", "Checks that are turned off, with commas: slop, emotion. `inscape check --list` names them all."),
    ("languages", "", "Languages that the set may have, with commas: tr, en. Empty: any, if it is the user's."),
    ("model_size", "7B", "Size of the model to be trained, for the advice on how much data it needs."),
    ("max_tokens", 2048, "Sequence length at which the trainer cuts a row (the default of mlx-lm and LLaMA-Factory)."),
    (
        "characters_per_token",
        4.0,
        "Characters in a token of English, for the estimate; other languages count as 0.7 of it.",
    ),
    ("target_category", "", "Shares or counts aimed at: 'greetings=50, questions=75'. Empty: no target."),
    ("target_complexity", "", "Shares aimed at: 'LOW=50, MEDIUM=37, HIGH=13'. Empty: no target."),
    ("target_language", "", "Shares aimed at: 'tr=60, en=40'. Empty: no target."),
    (
        "target_book",
        "",
        "Shares aimed at, by the book's title; one with a comma in quotes: '\"Here, now\"=50'. Empty: no target.",
    ),
    ("target_template", "", "Shares aimed at, by the template's name. Empty: no target."),
    (
        "target_criterion",
        "",
        "Shares aimed at, by item of the rubric: 'criterion 1=50, criterion 2=50'. Empty: no target.",
    ),
    (
        "balance_slack",
        0.05,
        "How far a share may be off its target: 20 rows of 400, which a person would still notice.",
    ),
    ("share_warn", 0.25, "Share of one book or one template above which it is noted. A rule of thumb for coverage."),
    ("share_high", 0.4, "The same, as a warning."),
    ("low_share", 0.35, "Least share of LOW rows: everyday traffic is mostly short (half LOW is advised)."),
    ("level_share", 0.12, "Least share of MEDIUM and of HIGH rows: about 48 of 400."),
    ("set_rows", 100, "Rows (replies) below which shares say nothing. Measured: openings are stable from 100 on."),
    ("series_rows", 3, "Rows that make a series. Two that are alike may be chance, three are a loop."),
    (
        "echo_words",
        5,
        "Words from which on a reply that repeats the question is an echo: a greeting may be given back.",
    ),
    (
        "near_warn",
        0.35,
        "Shared five-character runs (Jaccard) of texts from 300 characters on. Measured: .35 is the most that"
        " two answers of one model to one prompt shared; unrelated ones share at most .11.",
    ),
    ("near_high", 0.5, "The same, as a warning: keep one."),
    (
        "near_loop",
        0.5,
        "Shared five-character runs with three other rows, from 120 characters on, that make an error: a loop. "
        "Measured: two answers of one model to one prompt share at most .35.",
    ),
    (
        "near_short_warn",
        0.6,
        "The same for texts below 120 characters, as a note. Measured: one in ten thoughts of eight words has"
        " a neighbor at .5.",
    ),
    ("near_short_high", 0.8, "The same for texts below 120 characters, as a warning."),
    (
        "near_across",
        0.2,
        "Between train and validation, from 300 characters on, as a warning; near_warn makes it an error "
        "where it is reached. Measured: unrelated texts share at most .11.",
    ),
    ("conflict_words", 6, "Words from which on one prompt with two answers is noted; a greeting may have many."),
    (
        "verbatim_warn",
        13,
        "Words in a row from a book in the public domain, as a warning. Usual length for overlap counts.",
    ),
    ("verbatim_high", 25, "The same, as an error (unless the template's name says quote)."),
    (
        "verbatim_words",
        8,
        "Words in a row from any other book, as a warning. Measured: against an unrelated book of 570,000 "
        "words, the longest run by chance is 7 to 8.",
    ),
    ("verbatim_private", 9, "The same, as an error. Measured: nine in a row was never chance."),
    (
        "verbatim_covered",
        0.02,
        "Share of a row inside such runs that makes it an error, for books not in the public domain. By "
        "analogy with quotation limits.",
    ),
    ("truncated_words", 8, "Words below which a text is never called cut off."),
    ("language_words", 8, "Words below which a reply's language is not judged."),
    ("language_share", 0.01, "Share of rows in the wrong language above which the set is warned about."),
    ("thought_words", 5, "Words of content in a thought below which its overlap with the reply is not judged."),
    (
        "thought_overlap_warn",
        0.35,
        "Share of a thought's words that the reply has too, as a note. Measured: p90 is .25.",
    ),
    ("thought_overlap_high", 0.5, "The same, as a warning. Measured: p99 is .50."),
    ("thought_least", 6, "Words of a thought below which it is noted. Measured: thoughts of 8 words teach little."),
    ("thought_most", 250, "Words of a thought above which it is noted."),
    ("low_reply_words_warn", 15, "Words of a LOW reply above which it is noted: length is what is learned."),
    ("low_reply_words_high", 30, "The same, as a warning."),
    ("low_thought_words", 30, "Words of thought in a LOW row above which it is warned about: an over-think."),
    ("high_reply_words", 20, "Words of a HIGH reply below which it is noted. A rule of thumb."),
    ("voice_words", 40, "Words below which rates per hundred words are not judged."),
    ("assistant_phrases", 2, "Assistant's phrases in one text that make a warning; one is a note."),
    ("abstract_warn", 4.5, "Abstract nouns per 100 words, as a note. Measured: p95 of inner prose."),
    (
        "abstract_high",
        6.0,
        "The same, as a warning together with few first persons. Measured: median of essays is 5.5.",
    ),
    ("first_person_least", 1.0, "First persons per 100 words. Measured: essays 0, a first-person novel 7 (p5 .4)."),
    ("connectives_warn", 1.5, "Explaining connectives per 100 words, as a note. Measured: p95 of inner prose."),
    ("connectives_high", 3.0, "The same where the text is in the first person."),
    ("emotion_warn", 2.0, "Names of feelings per 100 words, as a note. Measured: a novel .5, a synthetic set 2.0."),
    ("emotion_high", 4.0, "The same, as a warning. Measured: p95 is 3 and 4.1."),
    ("hedges_warn", 2.0, "Hedges per 100 words, as a note. Measured: p95 of a novel."),
    ("hedges_high", 5.0, "The same, as a warning. A rule of thumb."),
    (
        "slop_per_1000",
        20.0,
        "Stock phrases per 1,000 words, from two on. The list is this program's own, and much shorter than "
        "those the measured bands were made with; a rule of thumb.",
    ),
    ("openings_warn", 0.03, "Share of the commonest first three words. Measured: people .7 to 1.7 %, Claude 3.1 %."),
    ("openings_high", 0.06, "The same, as an error. Measured: a synthetic set 8 %, a small model 32 %."),
    ("openings_ten_warn", 0.15, "Share of the ten commonest first three words. Measured: people 4 to 11 %."),
    (
        "openings_ten_high",
        0.25,
        "The same, as an error. Measured: a synthetic set 18 to 23 %, small models 57 to 60 %.",
    ),
    ("closings_warn", 0.05, "Share of the commonest last three words. By analogy with openings."),
    ("closings_high", 0.1, "The same, as an error."),
    ("closings_ten_warn", 0.2, "Share of the ten commonest last three words. By analogy with openings."),
    ("closings_ten_high", 0.35, "The same, as an error."),
    (
        "repetition_warn",
        0.06,
        "Share of four-word runs that stand in other rows too, over 200 texts of 120 words. Measured: people .03.",
    ),
    ("repetition_high", 0.12, "The same, as an error. Measured: a synthetic set .11, a small model .57."),
    ("compression_warn", 2.65, "How far 50 KB of the texts compress (zlib). Measured: people 2.45; 8 % above."),
    ("compression_high", 2.82, "The same, as an error. Measured: a synthetic set 2.77, a small model 3.29."),
    (
        "repetition_warn_tr",
        0.02,
        "repetition_warn for Turkish, whose words change more. Measured in Turkish: people .001 to .006, an "
        "encyclopedia of a game .015.",
    ),
    (
        "compression_warn_tr",
        2.85,
        "compression_warn for Turkish. Measured in Turkish: people 2.36 to 2.63, an encyclopedia 2.71; 8 % above 2.63.",
    ),
    ("compression_high_tr", 3.02, "The same, as an error: 15 % above."),
    (
        "random_share",
        0.1,
        "Share of the rows that review gets at random, whatever was found: only these tell the keep rate.",
    ),
    ("random_seed", 1, "Chooses those rows."),
)

_LIMITS: tuple[tuple[float, float, str], ...] = (
    (0, 1, "balance_slack low_share level_share language_share verbatim_covered thought_overlap_warn random_share"),
    (0, 1, "thought_overlap_high openings_warn openings_high openings_ten_warn openings_ten_high closings_warn"),
    (0, 1, "closings_high closings_ten_warn closings_ten_high repetition_warn repetition_high repetition_warn_tr"),
    (0.01, 1, "share_warn share_high"),
    (0.05, 1, "near_warn near_high near_loop near_short_warn near_short_high near_across"),
    (0, 100, "abstract_warn abstract_high first_person_least connectives_warn connectives_high emotion_warn"),
    (0, 100, "emotion_high hedges_warn hedges_high"),
    (0, 1000, "slop_per_1000"),
    (1, 1000, "compression_warn compression_high compression_warn_tr compression_high_tr"),
    (0.1, 100, "characters_per_token"),
    (1, 100_000_000, "max_tokens"),
    (2, 1000, "series_rows"),
    (3, 1000, "verbatim_warn verbatim_high verbatim_words verbatim_private"),
    (1, 100_000, "set_rows echo_words conflict_words truncated_words language_words thought_words voice_words"),
    (1, 100_000, "assistant_phrases"),
    (0, 100_000, "thought_least thought_most low_reply_words_warn low_reply_words_high low_thought_words"),
    (0, 100_000, "high_reply_words"),
    (-(10**9), 10**9, "random_seed"),
)
ALLOWED: dict[str, tuple[float, float]] = {name: (low, high) for low, high, names in _LIMITS for name in names.split()}
"""The least and the greatest value of each threshold that is a number."""
