"""Requests and responses: what they are, how they are received, recorded, read and shown."""
