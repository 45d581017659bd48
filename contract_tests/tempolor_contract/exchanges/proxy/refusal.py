"""What the proxy answers by itself, in the service's own envelope."""

import orjson

from .upstream import RawHeaders


def refusal(status: int, text: str) -> tuple[RawHeaders, bytes]:
    """Return the headers and the body of an answer in place of the upstream's."""
    content = orjson.dumps({"error": f"tempolor proxy: {text}", "code": status})
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(content)).encode()),
        (b"x-tempolor-proxy", b"upstream-failed" if status == 502 else b"refused"),
    ]
    return headers, content
