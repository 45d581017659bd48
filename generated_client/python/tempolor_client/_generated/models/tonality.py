from typing import Literal

Tonality = Literal[
    "A:major",
    "A:minor",
    "Ab:major",
    "Ab:minor",
    "B:major",
    "B:minor",
    "Bb:major",
    "Bb:minor",
    "C#:major",
    "C#:minor",
    "C:major",
    "C:minor",
    "D:major",
    "D:minor",
    "E:major",
    "E:minor",
    "Eb:major",
    "Eb:minor",
    "F#:major",
    "F#:minor",
    "F:major",
    "F:minor",
    "G:major",
    "G:minor",
]
"""The key: tonic and mode. Inferred: comes back as `musicMaterial.key`."""
