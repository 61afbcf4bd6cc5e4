"""The page of the soak: what was measured, and sizes up to 100 TB by calculation from it."""

from dataclasses import dataclass
from itertools import accumulate
from statistics import median

TB = 1000
"""In GB."""
CORES = (1, 16, 256)
_WHAT_IS_SEEN = (
    "RSS is the most seen in each tenth, of the process that adds up and of the largest worker. Processor "
    "seconds are those of all processes; the clock depends on what else the machine does. Where the pass was "
    "never compiled on the machine, the first tenth has the compiler too, as if it were a worker. Sizes "
    "below are computed from the median of the tenths."
)
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass
class Step:
    """A part of a scan: bytes of the corpus, seconds by the clock and of processors, most memory in MB."""

    done: int
    seconds: float
    processor: float
    driver: float
    worker: float


@dataclass
class Figures:
    """What was seen of one scan."""

    size: int
    documents: int
    duplicates: int
    near: dict[str, int] | None
    workers: int
    real: bool
    row_bytes: int
    steps: list[Step]
    merging: Step | None
    hashing: float
    """Processor seconds for the SHA-256 of all files."""

    @property
    def per_gb(self) -> float:
        """Processor seconds a GB of all processes: the median, so that what starts once is no part."""
        return median(self.each_per_gb)

    @property
    def each_per_gb(self) -> list[float]:
        """Processor seconds a GB in each tenth."""
        return [step.processor / step.done * 1e9 for step in self.steps]

    @property
    def hashing_per_gb(self) -> float:
        """Processor seconds a GB for the manifest, which is made before the draw."""
        return self.hashing / self.size * 1e9

    @property
    def merging_per_gb(self) -> float:
        """Processor seconds for comparing hashes at the end, a GB of the corpus."""
        return (self.merging.processor if self.merging else 0.0) / self.size * 1e9


def page(figures: Figures, machine: dict[str, str]) -> str:
    """Return the page as Markdown."""
    texts = "real texts cut at random" if figures.real else "generated texts"
    near = ""
    if figures.near:
        texts_near, clusters = figures.near["texts"], figures.near["clusters"]
        near = f", near-duplicates too ({texts_near:,} texts in {clusters:,} clusters)"
    told = ", ".join(f"{name} {value}" for name, value in machine.items())
    made = (
        f"Written by `benchmarks/corpus_soak.py`. {figures.size / 1e9:.1f} GB of JSONL made of {texts}, "
        f"repeated with mutations: {figures.documents:,} documents, {figures.duplicates:,} exact copies, all "
        f"of which were found{near}; 10,000 keywords, {figures.workers} processes. Machine: {told}."
    )
    lines = [
        "# The corpus scan over many GB · 大规模语料扫描实测",
        "",
        "    make corpus-soak FOLDER=/somewhere SIZE=20",
        "",
        made,
        "",
        "## Memory and time as the corpus goes by",
        "",
        _WHAT_IS_SEEN,
        "",
        "| scanned so far | RSS, adding up | RSS, worker | processor s a GB | clock s a GB |",
        "|---|---|---|---|---|",
        *_rows(figures),
        *_merged(figures),
        "",
        _flat(figures),
        "",
        *_sizes(figures),
    ]
    return "\n".join(lines) + "\n"


def _rows(figures: Figures) -> list[str]:
    done = list(accumulate(step.done for step in figures.steps))
    return [
        f"| {scanned / 1e9:.2f} GB | {step.driver:.0f} MB | {step.worker:.0f} MB | "
        f"{step.processor / step.done * 1e9:.1f} | {step.seconds / step.done * 1e9:.1f} |"
        for scanned, step in zip(done, figures.steps, strict=True)
    ]


def _flat(figures: Figures) -> str:
    """Say whether memory stays flat and time is linear."""
    half = len(figures.steps) // 2
    early, late = figures.steps[1:half] or figures.steps, figures.steps[half:]
    workers = [max(step.worker for step in steps) for steps in (early, late)]
    adding = [max(step.driver for step in steps) for steps in (early, late)]
    times = [median(figures.each_per_gb[1:half] or figures.each_per_gb), median(figures.each_per_gb[half:])]
    return (
        f"From the first half to the second, the first tenth left out, the most memory of a worker went from "
        f"{workers[0]:.0f} to {workers[1]:.0f} MB, that of the process that adds up from {adding[0]:.0f} to "
        f"{adding[1]:.0f} MB, and a GB took {times[0]:.1f} and {times[1]:.1f} processor seconds (medians). "
        f"The SHA-256 of all files, which the scan is committed to before the draw, took another "
        f"{figures.hashing_per_gb:.2f}."
    )


def _merged(figures: Figures) -> list[str]:
    step = figures.merging
    if step is None:
        return []
    took = f"{figures.merging_per_gb:.2f} | {step.seconds / figures.size * 1e9:.2f}"
    return [f"| hashes compared at the end | {step.driver:.0f} MB | | {took} |"]


def _sizes(figures: Figures) -> list[str]:
    rows = []
    for name, gb in (("100 GB", 100), ("1 TB", TB), ("10 TB", 10 * TB), ("100 TB", 100 * TB)):
        times = [_time(gb * figures.per_gb / cores) for cores in CORES]
        disk = figures.row_bytes / figures.size * gb
        merging = _time(gb * figures.merging_per_gb)
        hashing = _time(gb * figures.hashing_per_gb)
        rows.append(f"| {name} | {hashing} | {' | '.join(times)} | {merging} | {disk:,.1f} GB |")
    assumed = (
        f"**Calculated, not measured**: {figures.per_gb:.1f} processor seconds a GB times the size, over the "
        "cores. It assumes that time stays linear, that storage delivers as fast (256 cores read "
        f"{256 / figures.per_gb:.0f} GB/s at this rate), and that the process that adds up keeps pace; units "
        "of 512 MB (`--unit-mb 512`) make its work small. The manifest is the time of one core, divided by "
        "`--workers`; one made before is taken with `--manifest`. Hashes are compared by one process at "
        "the end."
    )
    heads = " | ".join(f"{cores} core{'s' if cores > 1 else ''}" for cores in CORES)
    return [
        "## Sizing, by calculation",
        "",
        assumed,
        "",
        f"| corpus (JSONL) | manifest | {heads} | comparing at the end | disk for hashes |",
        "|---|---|---|---|---|---|---|",
        *rows,
    ]


def _time(seconds: float) -> str:
    for unit, name in ((DAY, "days"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds / unit:.3g} {name}"
    return f"{seconds:.0f} s"
