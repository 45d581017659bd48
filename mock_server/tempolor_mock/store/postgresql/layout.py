"""The tables of the PostgreSQL store by their version, and the statements that use them; `layout_1.sql` explains."""

from importlib import resources

LAYOUT = 1
"""The version of the tables; another one when they, their functions or the records change their shape."""

LOCK = 0x54504C52
"""The advisory lock (`TPLR`) of those who make or migrate tables, and of those who delete many worlds."""

LOOK = "SELECT * FROM tempolor_changes_1($1, $2, $3)"
WRITE = "SELECT * FROM tempolor_write_1($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
DROP = "SELECT tempolor_drop_1($1, $2, $3)"
RESET = "SELECT tempolor_reset_1($1)"
NOTE_USE = "UPDATE tempolor_worlds SET used_ms = $2 WHERE id = $1"
BLOB = """
    SELECT record.version, blob.content
    FROM tempolor_blobs AS blob JOIN tempolor_records AS record
    ON record.world = blob.world AND record.kind = 'blob' AND record.key = blob.name
    WHERE blob.world = $1 AND blob.name = $2
"""

MIGRATIONS: dict[int, str] = {}
"""Files that make tables of one version those of the next one, and end by setting that in `tempolor_layout`."""


def statements(file: str) -> str:
    """Return the statements of a file beside this one."""
    return resources.files(__package__).joinpath(file).read_text("utf-8")
