"""Asks the mock in this container whether it is ready; the exit code is the answer.

The image has no curl, and needs none. What is asked for is an answer of the mock itself, not an open port.
"""

import json
import os
import ssl
import sys
import urllib.request


def main() -> int:
    """Return 0 where the mock answers as itself."""
    scheme = "https" if os.environ.get("TEMPOLOR_MOCK_CERTIFICATE") else "http"
    port = os.environ.get("TEMPOLOR_MOCK_PORT", "4010")
    # The certificate is for the name others call this container by; here the address tells who answers.
    any_certificate = ssl._create_unverified_context()  # noqa: S323, SLF001
    try:
        with urllib.request.urlopen(  # noqa: S310 - the scheme is one of two
            f"{scheme}://127.0.0.1:{port}/_mock/health", timeout=2, context=any_certificate
        ) as answer:
            return 0 if json.load(answer)["instance"] else 1
    except (OSError, ValueError, KeyError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
