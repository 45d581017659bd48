"""The state behind a recording, as a snapshot that the mock goes on from. The one room that knows the mock."""
