"""The page of the corpus scan's figures: every number in it comes from a run."""

from typing import Any

Figures = dict[str, Any]

_CORES = (1, 16, 256)
_SIZES_GB = {"100 GB": 100, "1 TB": 1_000, "10 TB": 10_000, "100 TB": 100_000}


_HEAD = """# The corpus scan, measured · 语料扫描实测

    python benchmarks/corpus_scan.py CORPUS_FOLDER [KEYWORDS.txt.gz] --peers-venv FOLDER

Written by that script: {told}. {mb:.0f} MB of JSONL: real Chinese texts cut at random into documents of
about 2.4 kB, 15 sources mixed line by line. MB are 10⁶ bytes of JSONL. One core: best of three, taken in
turns, by processor time. Processes: by the clock, which says nothing where the load was not about zero when
the script was started.
"""
_OURS = """
The pass over the bytes of JSON lines is compiled by Numba, which is in the extra `corpus`: once on a
machine, for some seconds, in a process of its own; workers load what came of it, without Numba. It is used
once a worker has been given 48 MB. Results are equal with and without it. A line that holds nested values
beside its text, an escaped id or anything broken is read by the careful reader, at the speed without Numba.
"""
_PEERS = """## Beside it · 同场比较

One core, {mb:.0f} MB of the same file, into which {total} keywords were planted, each in a document of its
own: {plain} as they are and {hidden} with a character of no width inside. Share: of what orjson takes for
the same part in the same process.
"""
_SIZING = """## Sizing, by calculation

From {speed:.0f} MB/s a core and linear growth, which is an assumption; storage that delivers as fast is
assumed too. `benchmarks/corpus_soak.py` measures many GB.
"""


def page(figures: Figures) -> str:
    """Return the page as Markdown."""
    told = ", ".join(f"{name} {value}" for name, value in figures["machine"].items())
    peers, speed = figures["peers"], figures["10k"]
    parts = [
        _HEAD.format(told=told, mb=figures["mb"]),
        *_ours(figures),
        _OURS,
        _PEERS.format(total=peers["plain"] + peers["hidden"], **peers),
        *_peers(peers),
        "",
        _SIZING.format(speed=speed),
        *_sizes(speed),
        "",
    ]
    return "\n".join(parts)


def _ours(figures: Figures) -> list[str]:
    share = figures["10k"] / figures["orjson"]
    more = figures["two"] / figures["one"]
    is_idle = float(figures["machine"]["load"]) < 1
    scaling = _aim(more, 1.85, "≥") if is_idle else "≥ 1.85: **not measurable under this load**"
    memory = "memory of a process with 10,000 keywords"
    rows = [
        ("reading the file", f"{figures['read']:.0f} MB/s", ""),
        ("copying as much in memory", f"{figures['copy']:.0f} MB/s", ""),
        ("orjson alone, a line at a time", f"{figures['orjson']:.0f} MB/s", ""),
        ("**scan, 10,000 keywords**", f"**{figures['10k']:.0f} MB/s**", _aim(figures["10k"], 150, "≥")),
        ("… as a share of orjson", f"{share:.2f}", _aim(share, 0.45, "≥")),
        ("… without Numba", f"{figures['plain']:.0f} MB/s, {figures['plain'] / figures['orjson']:.2f}", ""),
        ("scan, 100,000 keywords", f"{figures['100k']:.0f} MB/s", _aim(figures["100k"], 70, "≥")),
        ("one process, by the clock", f"{figures['one']:.0f} MB/s", ""),
        ("two processes, by the clock", f"{figures['two']:.0f} MB/s", ""),
        ("two processes against one", f"{more:.2f}", scaling),
        (memory, f"{figures['rss']:.0f} MB", _aim(figures["rss"], 150, "≤")),
    ]
    if figures["words"]:
        real = f"scan, {figures['words']:,} words of a real list, which hits often"
        rows.insert(7, (real, f"{figures['real']:.0f} MB/s", ""))
    what = "everything on: counts, languages, keywords, personal information, hashes, sample"
    return [f"| {what} | measured | aim |", "|---|---|---|", *(f"| {' | '.join(row)} |" for row in rows)]


def _aim(measured: float, wanted: float, sign: str) -> str:
    is_met = measured >= wanted if sign == "≥" else measured <= wanted
    return f"{sign} {wanted:g}: {'met' if is_met else '**not met**'}"


def _peers(peers: Figures) -> list[str]:
    rows = [
        f"| {row['name']} | {row['does']} | {_number(row, 'mb_per_s', '.1f')} "
        f"| {_number(row, 'share', '.3f')} "
        f"| {row.get('found', '–')} | {row.get('note', '')} |"
        for row in peers["rows"]
    ]
    return [
        "| | does | MB/s | share of orjson | documents found | note |",
        "|---|---|---|---|---|---|",
        *rows,
    ]


def _number(row: Figures, name: str, how: str) -> str:
    return format(row[name], how) if name in row else "–"


def _sizes(speed: float) -> list[str]:
    rows = [
        f"| {name} | " + " | ".join(_time(size * 1000 / speed / cores) for cores in _CORES) + " |"
        for name, size in _SIZES_GB.items()
    ]
    return ["| corpus (JSONL) | 1 core | 16 cores | 256 cores |", "|---|---|---|---|", *rows]


def _time(seconds: float) -> str:
    for unit, length in (("days", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"
