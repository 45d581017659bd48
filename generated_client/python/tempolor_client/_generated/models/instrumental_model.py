from typing import Literal

InstrumentalModel = Literal["i3", "i3.5 beta", "i4"]
"""Model for instrumentals. The older names are still taken and stand for `i4`."""
