"""Refusals by the server, not by the domain."""

from ..domain.errors import ServiceError


class Refusal(ServiceError):  # noqa: N818 - named for what it is
    """A refusal that needs headers of its own, such as `Allow` or `Connection`."""

    def __init__(self, code: int, text: str, *headers: tuple[str, str], bound: str | None = None) -> None:
        super().__init__(code, text, bound=bound)
        self.headers = headers
