"""What the vendor's pages say in sentences, where no layout tells one fact from the next.

For each page, by the last part of its address: where in the operation a fact belongs, what on the page states it, and
the words by which the document states it. `where` is `info`, `operation`, `body`, a status, `body` or `query` with a
field's name, or a status with a field's path.
"""

# ruff: noqa: INP001 - used by scripts, not a package

_MUSIC = [
    ("200", r"progress updates until the generation is complete or fails", "until the generation is complete or has"),
    ("429", r"at least\W+30 seconds and retry", "at least 30 seconds"),
    ("429", r"`maxJobs` value from either the request body or the default", "its `maxJobs`, or the request's own"),
    ("429", r"HTTP response status 429 from TemPolor", "TemPolor itself answered 429"),
    ("body replyUrl", r"called with generation progress updates", "progress updates"),
    ("body replyUrl", r"webhook\.site", "webhook.site"),
    ("body replyRef", r"included in the callback requests", "the callbacks repeat"),
    ("body maxJobs", r"concurrent jobs for this request", "for this request alone"),
    ("body maxJobs", r"value will be taken from the account configuration", "left out, the account's `maxJobs` counts"),
]

_RUNNING = (r"MM:SS format", "MM:SS")

_STORED = [
    ("200 updated", r"// timestamp in milliseconds", "in milliseconds"),
    ("200 updatedUTC", r"// ISO date string", "as an ISO date"),
]

PROSE: dict[str, list[tuple[str, str, str]]] = {
    "api-tempolor-v1": [
        ("info", r"an \[experimental\]", "experimental"),
        ("info", r"Up to 10 tracks can be generated concurrently", "up to ten tracks at a time"),
    ],
    "setup-tempolor": [
        ("operation", r"navigate to your TemPolor account profile page", "https://www.tempolor.com/account/profile"),
        ("operation", r"Open \[Developer Tools\]", "Open the developer tools"),
        ("operation", r"`All` or `Fetch/XHR` is selected", "All or Fetch/XHR"),
        ("operation", r"Type `/getWebSelfUserInfo` in the filter", "filter by `/getWebSelfUserInfo`"),
        ("operation", r"Refresh the page", "Reload the page"),
        ("operation", r'Select the "Payload" tab', "Under Payload, Request Payload, copy"),
        ("operation", r"you \*\*MUST\*\* complete it in order to use", "No other operation can be used before"),
    ],
    "post-tempolor-accounts": [
        *_STORED,
        ("body maxJobs", r"maximum number of concurrent jobs allowed for this account", "the account may run at once"),
    ],
    "get-tempolor-accounts": _STORED,
    "get-tempolor-accounts-user_id": [
        *_STORED,
        ("404", r"To create configuration use \[POST accounts\]", "`create_account` stores one"),
    ],
    "del-tempolor-accounts-user_id": [("204", r"successfully deleted", "was deleted")],
    "post-tempolor-music-song": [
        *_MUSIC,
        ("404", r"no longer exists", "no longer exists"),
        ("body lyrics", r"auto-generated based on the prompt", "made from the prompt"),
        ("body model_song", r"EN/CN/JP, max 2 min", "English, Chinese and Japanese, at most 2 minutes"),
        ("body model_song", r"EN/CN, max 4\.5 min", "English and Chinese, at most 4.5 minutes"),
    ],
    "post-tempolor-music-instrumental": [
        *_MUSIC,
        ("body model_instrumental", r"Superior music structure, max 2 min", "superior structure, at most 2 minutes"),
        ("body model_instrumental", r"Richer arrangements, max 4\.5 min", "richer arrangements, at most 4.5 minutes"),
    ],
    "get-tempolor-music": [("query type", r"Show music with vocals", "music with vocals")],
    "get-tempolor-music-job_id": [
        ("operation", r"The music is still being generated", "still being generated"),
        ("operation", r"you can download the music", "the music can be downloaded"),
    ],
    "get-tempolor-music-download-job_id": [
        ("200 remainSeconds", r"expires after `remainSeconds` seconds", "Seconds until the link expires"),
        ("query file_format", r"WAV format \(higher quality\)", "`wav` in higher quality"),
        ("query file_format", r"ZIP archive containing separated stems", "a ZIP archive with vocals and instruments"),
    ],
    "post-tempolor-music-midi": [("200", r"immediately available to use", "ready to use")],
    "post-tempolor-music-cloned-voices": [
        ("200", r"immediately available to use", "ready to use"),
        (
            "202",
            r"still in progress\. Check back later using \[GET music/cloned-voices\]",
            "`list_cloned_voices` later",
        ),
    ],
    "get-tempolor-music-artist-voices": [
        ("operation", r"without uploading your own voice samples", "without a recording of your own"),
    ],
    "post-tempolor-music-stems-splitter": [
        ("200", r"includes `stemsZipUrl`, the processing is complete", "Done if `stemsZipUrl` is there"),
        ("200 stemsZipUrl", r"URL to download the zip", "a ZIP file with the separated stems"),
    ],
    "get-tempolor-scheduler": [("200 elapsed", *_RUNNING)],
    "get-tempolor-scheduler-available": [
        ("operation", r"for all configured accounts", "all accounts"),
        ("200 executing.elapsed", *_RUNNING),
        ("200 available.available", r"\(maxJobs - executing\)", "`maxJobs` less `executing`"),
    ],
    "del-tempolor-scheduler-job_id": [
        ("operation", r"will still be executed by TemPolor", "TemPolor still executes it"),
        ("operation", r"the API will no longer track its progress", "no longer tracks its progress"),
        ("404", r"not found or could not be cancelled", "not found or could not be cancelled"),
    ],
}
