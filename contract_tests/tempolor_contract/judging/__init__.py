"""How exchanges are judged: inspector, ledger, known differences, results, and the reports of them."""
