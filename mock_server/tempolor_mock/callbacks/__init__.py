"""Sending reports to `replyUrl`.

`courier` knows when something may be due in which world, `desk` sends what is due in one of them, `parcels` makes the
body of a report, `post` carries it to its receiver, and `targets` says who may be one.
"""

from .dispatcher import HttpCourier

__all__ = ["HttpCourier"]
