"""What is intercepted: a pure function of the text, the keyword library and the classifier."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, Protocol

from openbeian.classifiers.harm import HarmScore
from openbeian.core.errors import BadInputError
from openbeian.matching.keywords import Hit

__all__ = ["Classifier", "Decision", "Matcher", "Policy", "Reason", "Strategy"]


class Reason(StrEnum):
    """Which half of the strategy spoke."""

    NONE = "none"
    KEYWORD = "keyword"
    CLASSIFIER = "classifier"
    BOTH = "both"


class Decision(NamedTuple):
    """Whether a text is intercepted, by what, and for which risk; `score` is the classifier's probability."""

    intercept: bool
    reason: Reason
    risk: str
    score: float
    hits: tuple[Hit, ...] = ()


class Matcher(Protocol):
    """A keyword library ready to be searched for (`openbeian.matching.keywords.KeywordMatcher`)."""

    def find(self, text: str) -> list[Hit]:
        """Return the terms found in `text`."""


class Classifier(Protocol):
    """What judges requests (`openbeian.classifiers.harm.HarmClassifier`)."""

    @property
    def threshold(self) -> float:
        """The probability from which on a request is to be refused."""

    def scores(self, texts: Sequence[str]) -> list[HarmScore]:
        """Judge each of `texts`."""


@dataclass(frozen=True, slots=True)
class Policy:
    """How the strategy is applied; the defaults are what the documentation describes."""

    threshold: float | None = None
    """Overrides the threshold that was chosen with the model."""
    keyword_score: float = 0.0
    """A keyword alone intercepts from this probability on; 0 means always."""
    checked_roles: frozenset[str] = frozenset({"user"})
    """Whose messages are read, besides the last one, which always is."""
    conversation_characters: int = 4000
    """How much of the earlier conversation is read together with the last message; 0 means none of it."""
    check_answers: bool = False
    """Whether answers that are not streamed are searched for keywords before they are sent."""
    max_body_bytes: int = 256 * 1024
    """A longer request is answered with 413."""
    timeout_s: float = 300.0
    """How long the model may stay silent."""

    def __post_init__(self) -> None:
        """Refuse values that would switch the strategy off by mistake."""
        threshold = 0.5 if self.threshold is None else self.threshold
        if not (0.0 < threshold < 1.0 and 0.0 <= self.keyword_score <= 1.0):
            raise BadInputError(
                f"拦截策略的阈值须在 0 与 1 之间：threshold={self.threshold}，"
                f"keyword_score={self.keyword_score}。",
                f"The thresholds of a policy lie between 0 and 1: threshold={self.threshold}, "
                f"keyword_score={self.keyword_score}.",
            )
        if self.max_body_bytes < 1 or self.conversation_characters < 0 or self.timeout_s <= 0:
            raise BadInputError(
                "拦截策略的长度和时间限制须为正数。",
                "The limits of size and time of a policy must be positive.",
            )


class Strategy:
    """Keyword library, classifier and policy together; may be shared between threads."""

    def __init__(self, matcher: Matcher, classifier: Classifier, policy: Policy = Policy()) -> None:
        """Decide by `matcher` and `classifier` as `policy` says."""
        self._matcher, self._classifier, self._policy = matcher, classifier, policy
        self._threshold = policy.threshold or classifier.threshold

    @property
    def policy(self) -> Policy:
        """How the strategy is applied."""
        return self._policy

    def decide(self, text: str) -> Decision:
        """Decide on one request; the same text always gets the same decision."""
        return self.decide_all([text])

    def decide_all(self, texts: Sequence[str]) -> Decision:
        """Decide on texts that are one request: the first one to be intercepted, else the highest score."""
        scores = self._classifier.scores(texts)
        decisions = [
            self._judge(tuple(self._matcher.find(text)), score)
            for text, score in zip(texts, scores, strict=True)
        ]
        return max(decisions, key=lambda decision: (decision.intercept, decision.score))

    def decide_answer(self, text: str) -> Decision:
        """Decide on an answer, by keywords alone: the classifier knows requests only."""
        hits = tuple(self._matcher.find(text))
        if not hits:
            return Decision(intercept=False, reason=Reason.NONE, risk="", score=0.0)
        return Decision(intercept=True, reason=Reason.KEYWORD, risk=hits[0].risk, score=0.0, hits=hits)

    def _judge(self, hits: tuple[Hit, ...], score: HarmScore) -> Decision:
        by_classifier = score.harm >= self._threshold
        by_keyword = bool(hits) and score.harm >= self._policy.keyword_score
        if by_keyword:
            reason = Reason.BOTH if by_classifier else Reason.KEYWORD
            return Decision(intercept=True, reason=reason, risk=hits[0].risk, score=score.harm, hits=hits)
        if by_classifier:
            return Decision(True, Reason.CLASSIFIER, score.risk, score.harm, hits)  # noqa: FBT003
        return Decision(intercept=False, reason=Reason.NONE, risk="", score=score.harm, hits=hits)
