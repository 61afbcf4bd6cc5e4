"""Where figures are asked for and written down while a bulletin is composed."""

from dataclasses import replace
from typing import Any

from openbeian.bulletins.document import Chart, Figure, Sentence
from openbeian.bulletins.scope import Scope
from openbeian.bulletins.words import UNITS
from openbeian.core.bulletin_figures import Query, Recount, Value
from openbeian.core.text import Text

__all__ = ["Notebook"]


class Notebook:
    """Answers queries about a scope and keeps every figure that was asked for."""

    def __init__(self, recount: Recount, scope: Scope, base: Query) -> None:
        """Count with `recount`; `base` is the query that others are changed from."""
        self.scope = scope
        self.figures: dict[str, Figure] = {}
        self._recount = recount
        self._base = base

    @property
    def window(self) -> dict[str, Any]:
        """The members of a query about what is new."""
        if self.scope.round is not None:
            return {"round": self.scope.round.series}
        assert self.scope.period is not None, "a scope is a round or a period"
        return {"since": self.scope.period.since, "until": self.scope.period.until}

    def query(self, statistic: str, **changes: Any) -> Query:  # noqa: ANN401  the members of a query
        """Return the query of a statistic about the scope."""
        return replace(self._base, statistic=statistic, **changes)

    def ask(self, name: str, statistic: str, **changes: Any) -> Value:  # noqa: ANN401  the members of a query
        """Return a figure and keep it under `name`."""
        query = self.query(statistic, **changes)
        value = self._recount.value(query)
        self.figures[name] = Figure(value, UNITS[statistic], query)
        return value

    def number(self, name: str, statistic: str, **changes: Any) -> float:  # noqa: ANN401  as `ask`
        """Return a figure that is a number, 0 where there is none."""
        value = self.ask(name, statistic, **changes)
        return value if isinstance(value, int | float) else 0

    def chart(self, chart_id: str, title: Text, sentence: Sentence, query: Query) -> Chart:
        """Return a chart of the table that `query` asks for."""
        return Chart(chart_id, title, sentence, query, tuple(self._recount.table(query)))

    def stated(self, *groups: tuple[Sentence, ...]) -> dict[str, Figure]:
        """Return the figures that some sentence states, in the order of their first mention."""
        names = dict.fromkeys(name for group in groups for sentence in group for name in sentence.figures)
        return {name: self.figures[name] for name in names}
