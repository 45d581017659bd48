"""The requests of the document, a module each."""
