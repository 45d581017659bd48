"""Recorded traffic: reading it, judging it, and writing it down."""

from .check import check
from .errors import BrokenRecordingError
from .har import HarWriter
from .recording import read_recording

__all__ = ["BrokenRecordingError", "HarWriter", "check", "read_recording"]
