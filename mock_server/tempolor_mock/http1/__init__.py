"""HTTP/1.1 on a socket: a protocol class for uvicorn's server, with the pipeline behind it."""

from .protocol import HttpProtocol

__all__ = ["HttpProtocol"]
