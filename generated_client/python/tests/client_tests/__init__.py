"""Tests of the client, on the wire."""
