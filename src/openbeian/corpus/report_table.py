"""Tables of the report on a corpus, which on a phone become lists."""

from collections.abc import Collection, Iterator, Sequence

from openbeian.core.markup import Markup, element

__all__ = ["table"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]], numbers: Collection[int]) -> Markup:
    """Return a table; the columns in `numbers` are figures, and each cell knows its heading."""

    def row(cells: Sequence[str], name: str) -> Markup:
        return element(
            "tr",
            *(
                element(
                    name,
                    cell,
                    class_=" ".join(_classes(cell, is_number=at in numbers)),
                    data_label=head[at],
                )
                for at, cell in enumerate(cells)
            ),
        )

    return element(
        "table",
        element("thead", row(head, "th")),
        element("tbody", *(row(cells, "td") for cells in rows)),
    )


def _classes(cell: str, *, is_number: bool) -> Iterator[str]:
    if is_number:
        yield "number"
    if not cell:
        yield "empty"
