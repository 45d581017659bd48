"""Generated tests: Schemathesis over the document, with real files, a prepared account and the guard below it.

Schemathesis makes the requests (examples, coverage, fuzzing, and sequences along the document's links); all of them,
those of its own checks among them, leave through the `Gateway`, which asks the guard, sends, and shows the exchange to
the inspector. No hook of Schemathesis is trusted with that: few of them run in all phases.
"""
