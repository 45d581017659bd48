"""Sending callbacks to `replyUrl`.

`dispatcher` knows when something may be due in which world, `delivery` sends what is due in one of them, `payload`
makes the body of a callback and `sending` the request, `http_client` brings it to its receiver, `allowed_hosts` says
who may be one, and `allowed_origins` whose requests get any.
"""

from .dispatcher import HttpDispatcher
from .sending import NoWebAddressError, RequestToSend, SendResult, origin_of

__all__ = ["HttpDispatcher", "NoWebAddressError", "RequestToSend", "SendResult", "origin_of"]
