"""What the service does that the document does not say: differences, learned from traffic or between documents.

From exchange to overlay, a module each:

- `session`: one stream of exchanges. Whoever learns something else from the same stream is a `Watcher` of the session:
  it sees each call that is the service's own, and may add rows to `readings` of the report.
- `broken`: what is not the service's own answer teaches nothing.
- `observing`: a call beside the document, part by part; `comparing`: a JSON value beside a schema.
- `unknown`: paths and methods that the document does not have.
- `refusing`: requests that the document allows and the service refuses.
- `facts`: what was found, each once, counted, within bounds; `shapes`: what new things look like.
- `changes`: what each fact would change in the document; `overlay`: all of them as an OpenAPI Overlay.
- `merging`: one overlay of several.
- `report`: everything as plain data, text or a page.
- `between`: the same list between two documents; `breaking`: which of it breaks clients.
"""
