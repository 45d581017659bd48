"""Defaults and advice that the Python and the TypeScript client share, from defaults.yaml."""

from collections.abc import Mapping
from typing import Final, NamedTuple, TypeAlias

Say: TypeAlias = Mapping[str, str]
"""A text by who reads it: "python" or "shell". `<job>` stands for the job's id, `{command}` for the shell's command."""


class Row(NamedTuple):
    """What to do about an error answer, where all of it fits.

    Attributes:
        lowest: The least status.
        highest: The greatest one.
        method: The method.
        operation: A pattern for the operation's name.
        words: A pattern for the service's words, whatever the case.
        web_page: Whether the body has to be HTML.
        say: What to do.
    """

    lowest: int
    highest: int
    method: str | None
    operation: str | None
    words: str | None
    web_page: bool
    say: Say


TIMEOUT: Final = 60.0
"""How long one call may take, unless it is an upload."""
UPLOAD_TIMEOUT: Final = 300.0
"""How long an upload may take; a voice is cloned before it is answered, for up to 120 seconds."""
SPLIT_TIMEOUT: Final = 900.0
"""How long taking a recording apart may take; it is answered when it is done."""
MAX_RETRIES: Final = 4
"""Tries after the first one, where a failure allows them."""
MAX_CONNECTIONS: Final = 20
"""Calls at a time; further ones wait for a place."""
BUSY_TIMEOUT: Final = 1800.0
"""How long a call waits for room on a 429 in all; an account's jobs end within some minutes."""
BUSY_PAUSE: Final = 30.0
"""The least pause after a 429, as the service's pages ask for. Usual back-off is far too fast for it."""
BUSY_JITTER: Final = 5.0
"""By how much such a pause is stretched at most, so that many waiting clients do not come back together."""
FIRST_PAUSE: Final = 0.5
"""The pause after the first failure; it doubles with each one in a row."""
LONGEST_PAUSE: Final = 8.0
"""The longest pause of that kind."""
LONGEST_RETRY_AFTER: Final = 60.0
"""The longest `Retry-After` that is obeyed after a failure other than a 429."""
WAIT_TIMEOUT: Final = 900.0
"""How long jobs, or the cloning of a voice, are waited for; the longest songs take some minutes."""
POLL_INTERVAL: Final = 5.0
"""The pause between two looks at what is waited for."""
LAST_LOOK: Final = 5.0
"""What a look may take at least, when the time for waiting is nearly over."""
READY_TIMEOUT: Final = 120.0
"""How long the file of a completed job may take to appear."""
READY_INTERVAL: Final = 2.0
"""The pause between two questions for it."""
ANSWERS: Final = (
    Row(
        596,
        596,
        None,
        None,
        None,
        False,
        {
            "python": "Log in to TemPolor with a browser again, and store the account's parameters anew: client.accounts.create(request_params).",
            "shell": "Log in to TemPolor with a browser again, and store the account's parameters anew: {command} accounts create.",
        },
    ),
    Row(
        500,
        999,
        "POST",
        None,
        None,
        False,
        {
            "python": "It may have been taken all the same: look at client.scheduler.running() and client.music.list() before you send it again.",
            "shell": "It may have been taken all the same: look at `{command} jobs` and `{command} music list` before you send it again.",
        },
    ),
    Row(500, 999, None, None, None, False, {"python": "Try again in a minute.", "shell": "Try again in a minute."}),
    Row(
        200,
        299,
        "POST",
        None,
        None,
        False,
        {
            "python": "It may have been taken all the same: look at client.scheduler.running() and client.music.list() before you send it again.",
            "shell": "It may have been taken all the same: look at `{command} jobs` and `{command} music list` before you send it again.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        None,
        True,
        {
            "python": "A gateway answered for the service: check base_url, or try again later.",
            "shell": "A gateway answered for the service: check --base-url, or try again later.",
        },
    ),
    Row(
        200,
        299,
        None,
        None,
        None,
        False,
        {
            "python": "Check base_url, and what stands between this program and the service.",
            "shell": "Check --base-url, and what stands between this program and the service.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "prompt is too long",
        False,
        {"python": "Shorten the prompt to 2000 characters.", "shell": "Shorten the prompt to 2000 characters."},
    ),
    Row(
        0,
        999,
        None,
        None,
        "lyrics is too long",
        False,
        {"python": "Shorten the lyrics to 3000 characters.", "shell": "Shorten the lyrics to 3000 characters."},
    ),
    Row(
        0,
        999,
        None,
        None,
        "chords? is too long",
        False,
        {"python": "Shorten the chords to 200 characters.", "shell": "Shorten the chords to 200 characters."},
    ),
    Row(
        0,
        999,
        None,
        None,
        "is too long",
        False,
        {"python": "Shorten it to 1024 characters.", "shell": "Shorten it to 1024 characters."},
    ),
    Row(
        0,
        999,
        None,
        None,
        "cannot be used (together|with)",
        False,
        {
            "python": "Choose one singer: artist_voice_id, cloned_voice_id or midi_id.",
            "shell": "Choose one singer: --artist-voice, --cloned-voice or --midi.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "user_id is required",
        False,
        {
            "python": "Several accounts are configured: say which one with user_id.",
            "shell": "Several accounts are configured: say which one with --user-id.",
        },
    ),
    Row(0, 999, None, None, "is required", False, {"python": "Add it to the call.", "shell": "Add it to the call."}),
    Row(
        0,
        999,
        None,
        None,
        "incorrect format",
        False,
        {
            "python": "Pass the id exactly as the service reported it, with all its colons.",
            "shell": "Pass the id exactly as the service reported it, with all its colons.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "not completed yet \\(10\\)",
        False,
        {
            "python": "The job has failed, so there is no file; order again.",
            "shell": "The job has failed, so there is no file; order again.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "not completed yet",
        False,
        {
            "python": "Wait for the job first: client.music.wait(<job>).",
            "shell": "Wait for the job first: the same command with --job <job> in place of the prompt.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "content-type",
        False,
        {"python": "Pass the file's media type as media_type.", "shell": "Pass the file's media type as --media-type."},
    ),
    Row(
        0,
        999,
        None,
        None,
        "empty file",
        False,
        {
            "python": "The file has no content; check what was uploaded.",
            "shell": "The file has no content; check what was uploaded.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "^invalid",
        False,
        {
            "python": "Use a value that the message or the documentation lists.",
            "shell": "Use a value that the message or the documentation lists.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "source material",
        False,
        {
            "python": "The voice or MIDI file is gone, not ready yet, or belongs to another account: pick one from the lists.",
            "shell": "The voice or MIDI file is gone, not ready yet, or belongs to another account: pick one from the lists.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "no accounts?\\b",
        False,
        {
            "python": "Configure a TemPolor account first: client.accounts.create(request_params).",
            "shell": "Configure a TemPolor account first: {command} accounts create.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "credit",
        False,
        {
            "python": "Buy credits, wait for the next period of the plan, or name another account with user_id.",
            "shell": "Buy credits, wait for the next period of the plan, or name another account with --user-id.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        "moderat",
        False,
        {
            "python": "Change the prompt or the lyrics: they were refused for what they say.",
            "shell": "Change the prompt or the lyrics: they were refused for what they say.",
        },
    ),
    Row(
        412,
        412,
        None,
        None,
        None,
        False,
        {
            "python": "Buy credits, wait for the next period of the plan, or name another account with user_id.",
            "shell": "Buy credits, wait for the next period of the plan, or name another account with --user-id.",
        },
    ),
    Row(
        422,
        422,
        None,
        None,
        None,
        False,
        {
            "python": "Change the prompt or the lyrics: they were refused for what they say.",
            "shell": "Change the prompt or the lyrics: they were refused for what they say.",
        },
    ),
    Row(
        410,
        410,
        None,
        None,
        None,
        False,
        {"python": "It is gone for good; order again.", "shell": "It is gone for good; order again."},
    ),
    Row(
        404,
        404,
        None,
        "list_accounts",
        None,
        False,
        {
            "python": "Configure a TemPolor account first: client.accounts.create(request_params).",
            "shell": "Configure a TemPolor account first: {command} accounts create.",
        },
    ),
    Row(
        404,
        404,
        None,
        "cancel_job",
        None,
        False,
        {
            "python": "The job has ended or was cancelled before; there is nothing to do.",
            "shell": "The job has ended or was cancelled before; there is nothing to do.",
        },
    ),
    Row(
        404,
        404,
        None,
        "delete_(music|midi|cloned_voice)",
        None,
        False,
        {"python": "Nothing with this id is left to delete.", "shell": "Nothing with this id is left to delete."},
    ),
    Row(
        404,
        404,
        None,
        "(get|download)_music",
        None,
        False,
        {
            "python": "Check the id: the job may have been deleted, or belong to another token.",
            "shell": "Check the id: the job may have been deleted, or belong to another token.",
        },
    ),
    Row(
        404,
        404,
        None,
        None,
        None,
        False,
        {
            "python": "Check the account, which must be configured first (client.accounts.list() shows them), and that it belongs to the token in use.",
            "shell": "Check the account, which must be configured first ({command} accounts list shows them), and that it belongs to the token in use.",
        },
    ),
    Row(
        401,
        401,
        None,
        None,
        None,
        False,
        {
            "python": "Check the API token (token='user:<number>-<text>', or the variable USEAPI_TOKEN); it looks like user:<number>-<text>.",
            "shell": "Check the API token (--token, or the variable USEAPI_TOKEN); it looks like user:<number>-<text>.",
        },
    ),
    Row(
        402,
        402,
        None,
        None,
        None,
        False,
        {
            "python": "Renew the useapi.net subscription that the token belongs to.",
            "shell": "Renew the useapi.net subscription that the token belongs to.",
        },
    ),
    Row(
        405,
        405,
        None,
        None,
        None,
        False,
        {"python": "Check base_url; it ends in /v1/tempolor.", "shell": "Check --base-url; it ends in /v1/tempolor."},
    ),
    Row(408, 408, None, None, None, False, {"python": "Try again.", "shell": "Try again."}),
    Row(
        413,
        413,
        None,
        None,
        None,
        False,
        {"python": "Send a shorter or more compressed file.", "shell": "Send a shorter or more compressed file."},
    ),
    Row(
        429,
        429,
        None,
        None,
        None,
        False,
        {
            "python": "Wait until a job has ended or cancel one, raise maxJobs, name another account with user_id, or allow more time with busy_timeout.",
            "shell": "Wait until a job has ended or cancel one, raise maxJobs, name another account with --user-id, or allow more time with --busy-timeout.",
        },
    ),
    Row(
        300,
        399,
        None,
        None,
        None,
        False,
        {
            "python": "The service never redirects: check base_url.",
            "shell": "The service never redirects: check --base-url.",
        },
    ),
    Row(
        400,
        400,
        None,
        None,
        None,
        False,
        {
            "python": "Correct the request; sent again as it is, it will be refused again.",
            "shell": "Correct the request; sent again as it is, it will be refused again.",
        },
    ),
    Row(
        0,
        999,
        None,
        None,
        None,
        False,
        {
            "python": "Check base_url, and whether a gateway stands between here and the service.",
            "shell": "Check --base-url, and whether a gateway stands between here and the service.",
        },
    ),
)
"""Advice on error answers; the first row that fits."""
FAILURES: Final[Mapping[str, Say]] = {
    "check_first": {
        "python": "It may have been taken all the same: look at client.scheduler.running() and client.music.list() before you send it again.",
        "shell": "It may have been taken all the same: look at `{command} jobs` and `{command} music list` before you send it again.",
    },
    "try_again": {"python": "Try again later.", "shell": "Try again later."},
    "not_connected": {
        "python": "Nothing was sent. Check base_url and the network.",
        "shell": "Nothing was sent. Check --base-url and the network.",
    },
    "no_token": {
        "python": "Pass token='user:<number>-<text>', or set USEAPI_TOKEN.",
        "shell": "Pass --token, or set USEAPI_TOKEN.",
    },
    "maybe_done": {
        "python": "An earlier attempt got no answer, and may have done it.",
        "shell": "An earlier attempt got no answer, and may have done it.",
    },
    "job_failed": {
        "python": "Order again, with another prompt if it keeps failing.",
        "shell": "Order again, with another prompt if it keeps failing.",
    },
    "wait_again": {
        "python": "It goes on and nothing is lost: client.music.wait(<job>).",
        "shell": "It goes on and nothing is lost: the same command with --job <job> in place of the prompt.",
    },
    "not_ready": {
        "python": "Ask again in some minutes: client.music.download(<job>, ...).",
        "shell": "Ask again in some minutes: `{command} music download <job>`.",
    },
    "download_again": {
        "python": "Nothing is lost: client.music.download(<job>, ...) fetches it again.",
        "shell": "Nothing is lost: `{command} music download <job>` fetches it again.",
    },
    "voice_goes_on": {
        "python": "The cloning goes on: client.voices.wait(cloned_voice_id).",
        "shell": "The cloning goes on: `{command} voices` shows when it is ready.",
    },
    "voice_failed": {
        "python": "Try another recording: one voice, no music.",
        "shell": "Try another recording: one voice, no music.",
    },
    "media_type": {"python": "Pass media_type, such as audio/wav.", "shell": "Pass --media-type, such as audio/wav."},
}
"""Advice on everything else, by name."""
