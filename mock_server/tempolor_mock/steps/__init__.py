"""The slots of the Connexion application, outermost first.

`proxies` believes trusted proxies and `log` tells each request in a line, where the user wants that. `cors` opens the
service's paths to browsers, and `journal` records what is asked and answered. `errors` turns whatever goes wrong into
the service's envelope, `guard` keeps other people's pages out of the control plane, `routing` finds the documented
operation, and `operations` carries it out: authorization (`security`), reading and checking the request (`reading`,
`validation`), the function, the answer (`sending`). Connexion loads the documents, resolves operation ids to functions
and hosts the slots; its own slots of the same names answer in another envelope and cost several times as much
(`docs/decisions.md` has the figures). `fast_path` is the way of plain requests past all of them.
"""
