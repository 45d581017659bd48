"""What this package raises about files other people send."""


class UnreadableUpload(ValueError):  # noqa: N818 - says what the upload is; all three read alike
    """The upload cannot be used; `str(error)` is one sentence fit for an answer with status 400."""


class UnreadableAudio(UnreadableUpload):
    """The bytes are not audio we can decode from end to end within the limits."""


class UnreadableMidi(UnreadableUpload):
    """The bytes are not a Standard MIDI File with notes in it within the limits."""


class DecoderMissing(Exception):  # noqa: N818 - reads like the others
    """The file may be good, but what decodes it is not installed; `str(error)` says what to install."""
