"""EvalScope with questions of a local file, scored by the letter chosen (its cheapest scorer)."""

import json
import sys
from pathlib import Path

from evalscope import TaskConfig, run_task


def main(url: str, questions: Path, in_flight: int, folder: Path) -> None:
    """Ask every question."""
    rows = [json.loads(line) for line in questions.read_text("utf-8").splitlines()]
    with (folder / "own_val.jsonl").open("w", encoding="utf-8") as file:
        for row in rows:
            choice = {"id": row["id"], "question": row["text"], "A": "是", "B": "否", "answer": "A"}
            file.write(json.dumps(choice, ensure_ascii=False) + "\n")
    run_task(
        TaskConfig(
            model="mock",
            api_url=url,
            api_key="none",
            eval_type="openai_api",
            datasets=["general_mcq"],
            dataset_args={"general_mcq": {"local_path": str(folder), "subset_list": ["own"]}},
            eval_batch_size=in_flight,
            generation_config={"temperature": 0, "max_tokens": 512},
            work_dir=str(folder / "out"),
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), Path(sys.argv[4]))
