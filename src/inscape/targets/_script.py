"""What the Python scripts for TRL and unsloth have alike: the arguments of SFTConfig, and the early stop.

Invariant: every argument is one that SFTConfig takes today; floats are written in full.
"""

from __future__ import annotations

from inscape.targets._job import Job
from inscape.targets._yaml import number


def arguments(job: Job) -> str:
    """Arguments of SFTConfig, one a line."""
    h = job.hyper
    lines = [
        'output_dir=str(HERE / "adapter")',
        f"learning_rate={number(h.rate)}",
        f"num_train_epochs={h.epochs}",
        f"per_device_train_batch_size={h.batch}",
        f"gradient_accumulation_steps={h.accumulation}",
        'lr_scheduler_type="cosine"',
        f"warmup_steps={h.warmup}",
        "weight_decay=0.01",
        "logging_steps=1" if h.steps < 100 else "logging_steps=10",
        f"seed={h.seed}",
        'report_to="none"',
    ]
    if h.eval_every:
        lines += [
            'eval_strategy="steps"',
            f"eval_steps={h.eval_every}",
            f"per_device_eval_batch_size={h.batch}",
            'save_strategy="steps"',
            f"save_steps={h.eval_every}",
            "save_total_limit=2",
            "load_best_model_at_end=True",
            'metric_for_best_model="eval_loss"',
        ]
    else:
        lines += ['save_strategy="epoch"']
    return "".join(f"    {line},\n" for line in lines)


def early_stop(job: Job) -> str:
    """Arguments of the trainer that hold rows out; empty where there are none."""
    if not job.hyper.eval_every:
        return ""
    return (
        '        eval_dataset=rows("valid.jsonl"),\n'
        f"        callbacks=[EarlyStoppingCallback(early_stopping_patience={job.hyper.patience})],\n"
    )
