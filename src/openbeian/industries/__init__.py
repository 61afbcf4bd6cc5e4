"""The industry and service type of a register entry, by words and well-known providers, with reasons.

`classify(service_name, provider_name, scope)` goes by the rules in `data/`; `measuring` says how well, on
names labelled by hand. No network, no model, no clock: the same names always give the same answer.
"""

from openbeian.industries.classes import (
    PLACE_LABELS,
    Classification,
    Correction,
    Corrections,
    Industry,
    Place,
    Reason,
    ServiceType,
)
from openbeian.industries.classifying import Classifier, Entry, classify, classify_many
from openbeian.industries.rules import Rules, load_rules

__all__ = [
    "PLACE_LABELS",
    "Classification",
    "Classifier",
    "Correction",
    "Corrections",
    "Entry",
    "Industry",
    "Place",
    "Reason",
    "Rules",
    "ServiceType",
    "classify",
    "classify_many",
    "load_rules",
]
