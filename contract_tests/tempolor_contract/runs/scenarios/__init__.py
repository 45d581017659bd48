"""Plays with a service: a lab to play in, and a runner that chooses what is played."""

from .lab import Lab, Stopped, UnclearError

__all__ = ["Lab", "Stopped", "UnclearError"]
