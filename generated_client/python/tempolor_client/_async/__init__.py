"""The client. Its two kinds are one source: tools/unasync.py takes the waiting out of the other one."""
