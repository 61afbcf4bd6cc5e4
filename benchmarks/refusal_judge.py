"""How many answers a second the refusal classifier judges on one core.

taskset -c 0 python benchmarks/refusal_judge.py
"""

import time

from openbeian.classifiers.refusal import RefusalClassifier

LENGTH_BYTES = 1300
ANSWERS = 8192
CHINESE = "抱歉，这个问题我无法回答。如果您愿意，我可以介绍相关的法律知识和正规的办理途径，供您参考。"
ENGLISH = (
    "I understand the question, and here is what is known about it: first, gather the facts; then compare. "
)


def main() -> None:
    """Print the rates for Chinese, English and both mixed."""
    classifier = RefusalClassifier.load()
    sets = {
        "Chinese": [_answer(CHINESE, number) for number in range(ANSWERS)],
        "English": [_answer(ENGLISH, number) for number in range(ANSWERS)],
    }
    sets["mixed"] = [sets[("Chinese", "English")[number % 2]][number] for number in range(ANSWERS)]
    for name, answers in sets.items():
        best = min(_seconds(classifier, answers) for _ in range(5))
        size = sum(len(answer.encode()) for answer in answers) / len(answers)
        rate, micro = len(answers) / best, best / len(answers) * 1e6
        print(f"{name:8} {rate:8,.0f} answers/s ({micro:.1f} µs each, {size:.0f} bytes each)")


def _answer(text: str, number: int) -> str:
    return (
        (f"{number}: " + text * (LENGTH_BYTES // len(text) + 1))
        .encode()[:LENGTH_BYTES]
        .decode(errors="ignore")
    )


def _seconds(classifier: RefusalClassifier, answers: list[str]) -> float:
    started = time.process_time()
    classifier.classify(answers, answers)
    return time.process_time() - started


if __name__ == "__main__":
    main()
