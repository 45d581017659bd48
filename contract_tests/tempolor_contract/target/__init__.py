"""The service under test: where it is, how it is asked, what may be sent to it, what was made on it."""
