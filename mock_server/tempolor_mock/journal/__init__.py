"""What each world was asked and how it answered, for as long as it fits into memory."""

from .records import Body, Entry, Journal, RequestHead
from .redaction import redacted_body, redacted_headers, redacted_path, redacted_query, redacted_token

__all__ = [
    "Body",
    "Entry",
    "Journal",
    "RequestHead",
    "redacted_body",
    "redacted_headers",
    "redacted_path",
    "redacted_query",
    "redacted_token",
]
