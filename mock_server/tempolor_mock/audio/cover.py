"""Cover pictures: soft light over a gradient, and a few rings, all decided by a seed."""

import struct
import zlib
from colorsys import hsv_to_rgb
from random import Random
from typing import Final

import numpy as np
import numpy.typing as npt
import simplejpeg

SIDE: Final = 512
_QUALITY: Final = 90
_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_TRUE_COLOUR: Final = 2
_UP: Final = 2
"""PNG's filter that stores the difference to the row above: a gradient becomes small numbers."""

_Picture = npt.NDArray[np.uint8]
_Plane = npt.NDArray[np.float32]


def cover_png(seed: int) -> bytes:
    """Return a square PNG of 512 pixels a side."""
    pixels = _paint(seed)
    above = np.vstack([np.zeros_like(pixels[:1]), pixels[:-1]])
    rows = (pixels - above).reshape(SIDE, -1)  # modulo 256, as the filter wants it
    lines = np.hstack([np.full((SIDE, 1), _UP, dtype=np.uint8), rows])
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, _TRUE_COLOUR, 0, 0, 0)
    data = zlib.compress(lines.tobytes(), 6)
    return _SIGNATURE + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def cover_jpeg(seed: int) -> bytes:
    """Return the same picture as a JPEG."""
    return bytes(simplejpeg.encode_jpeg(_paint(seed), _QUALITY))


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _paint(seed: int) -> _Picture:
    """Return the picture, shape (512, 512, 3)."""
    chance = Random(f"cover:{seed}")
    down, right = np.mgrid[0 : 1 : SIDE * 1j, 0 : 1 : SIDE * 1j].astype(np.float32)
    hue = chance.random()
    lean = chance.uniform(-0.6, 0.6)
    slope = np.clip((down + lean * (right - 0.5)), 0, 1)[..., None]
    picture = (1 - slope) * _colour(hue, 0.75, 0.35) + slope * _colour(hue + 0.12, 0.8, 0.12)
    for _ in range(chance.randint(3, 5)):
        light = _colour(hue + chance.uniform(-0.18, 0.3), 0.65, chance.uniform(0.4, 0.95))
        distance = np.hypot(right - chance.random(), down - chance.random())
        picture += _glow(distance, chance.uniform(0.15, 0.4))[..., None] * light * 0.7
    centre = np.hypot(right - chance.uniform(0.3, 0.7), down - chance.uniform(0.3, 0.7))
    for number in range(chance.randint(3, 7)):
        picture += _ring(centre, 0.08 + 0.07 * number)[..., None] * _colour(hue + 0.5, 0.2, 1.0) * 0.35
    pixels: _Picture = (np.clip(picture, 0, 1) * 255).astype(np.uint8)
    return pixels


def _colour(hue: float, saturation: float, value: float) -> _Plane:
    return np.array(hsv_to_rgb(hue % 1, saturation, value), dtype=np.float32)


def _glow(distance: _Plane, radius: float) -> _Plane:
    glow: _Plane = np.exp(-((distance / radius) ** 2)).astype(np.float32)
    return glow


def _ring(distance: _Plane, radius: float) -> _Plane:
    """Return a circle line two pixels wide with soft edges."""
    line: _Plane = np.clip(2 - np.abs(distance - radius) * SIDE, 0, 1).astype(np.float32)
    return line
