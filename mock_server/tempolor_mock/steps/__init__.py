"""The steps of the pipeline (`pipeline.py`, which has them in their order), each in a module of its own.

`proxies` believes trusted proxies, `guard` keeps other people's pages out of the control plane, `routing` finds the
`endpoint`, `security` authorizes. `prefer` answers what was asked for, `reading` reads parameters and bodies (`bodies`,
`forms`) and checks them (`validation`). `faults` and `wire` let things go wrong. `conditions` knows what a client has
already. `checking` holds the mock's answers to the document, `replies` makes them what is sent, `cors` opens them to
browsers, `journal` and `log` tell of them.
"""
