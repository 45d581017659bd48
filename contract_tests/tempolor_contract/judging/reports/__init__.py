"""What was found, for people and for machines: a page, JUnit XML, JSON, and some lines for the terminal."""

from .terminal import summary
from .text import count
from .writing import SCHEMA_VERSION, ReportFiles, write_reports

__all__ = ["SCHEMA_VERSION", "ReportFiles", "count", "summary", "write_reports"]
