"""What was found, for people and for machines: a page, JUnit XML, JSON, and some lines for the terminal."""

from .text import plain
from .writing import SCHEMA_VERSION, ReportFiles, reproduction, summary, write_reports

__all__ = ["SCHEMA_VERSION", "ReportFiles", "plain", "reproduction", "summary", "write_reports"]
