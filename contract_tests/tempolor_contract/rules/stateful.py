"""Rules that only random steps beside a model can judge."""

from .rule import Rule, Severity, Strength

RULES = (
    Rule(
        "model-jobs-end",
        "A job ends in a day of a clock that can be moved.",
        "get-tempolor-music-job_id",
        strength=Strength.INFERRED,
        severity=Severity.MOCKS,
    ),
    Rule(
        "model-uploads-are-taken",
        "A small valid MIDI file or voice sample is taken.",
        "post-tempolor-music-midi",
    ),
)
