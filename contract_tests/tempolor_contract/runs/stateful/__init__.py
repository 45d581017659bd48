"""Random steps with a service, and what the contract says of each."""
