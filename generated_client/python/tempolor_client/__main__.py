"""`tempolor-client`, also as `python -m tempolor_client`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the commands, or say what they need."""
    try:
        from . import cli  # noqa: PLC0415 - the package itself works without click
    except ModuleNotFoundError as error:
        if error.name != "click":
            raise
        sys.exit("the commands need click: pip install 'tempolor-client[cli]'")
    cli.main(prog_name="tempolor-client")


if __name__ == "__main__":
    main()
