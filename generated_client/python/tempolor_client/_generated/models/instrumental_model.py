from typing import Literal

InstrumentalModel = Literal["i3", "i3.5 beta", "i4"]
"""Inferred: model for instrumentals. The older names are still accepted and stand for `i4`."""
