"""What the contract says: each rule, the catalogue of all, and the history that they judge by."""
