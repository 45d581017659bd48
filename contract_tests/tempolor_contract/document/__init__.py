"""What the document says of a call: its operation, its arguments, its bodies and their schemas."""
