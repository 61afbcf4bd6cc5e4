"""lm-eval's local-chat-completions with a task of one JSONL file, scored by exact match."""

import os
import sys
from pathlib import Path

TASK = """
task: benchmark
dataset_path: json
dataset_kwargs: {{data_files: {{test: {questions}}}}}
test_split: test
output_type: generate_until
doc_to_text: "{{{{text}}}}"
doc_to_target: "no"
generation_kwargs: {{until: [], max_gen_toks: 512, do_sample: false, temperature: 0}}
metric_list: [{{metric: exact_match, aggregation: mean, higher_is_better: true}}]
"""


def main(url: str, questions: Path, in_flight: int, folder: Path) -> None:
    """Ask every question."""
    os.environ |= {"OPENAI_API_KEY": "none", "HF_HOME": str(folder / "hf"), "HF_DATASETS_OFFLINE": "1"}
    (folder / "benchmark.yaml").write_text(TASK.format(questions=questions), "utf-8")
    from lm_eval import simple_evaluate  # noqa: PLC0415  after its folders are said
    from lm_eval.tasks import TaskManager  # noqa: PLC0415

    done = simple_evaluate(
        model="local-chat-completions",
        model_args={
            "model": "mock",
            "base_url": f"{url}/chat/completions",
            "num_concurrent": in_flight,
            "tokenizer_backend": None,
        },
        tasks=["benchmark"],
        task_manager=TaskManager(include_path=str(folder), include_defaults=False),
        apply_chat_template=True,
    )
    print(done["n-samples"])


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
