"""The slots of the Connexion application, outermost first.

`errors` turns whatever goes wrong into the service's envelope, `routing` finds the documented operation, and
`operations` carries it out: authorization (`security`), reading and checking the request (`reading`, `validation`),
the function, the answer (`sending`). Connexion loads the documents, resolves operation ids to functions and hosts the
slots; its own slots of the same names answer in another envelope and cost several times as much
(`docs/decisions.md` has the figures).
"""
