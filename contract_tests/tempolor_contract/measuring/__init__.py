"""How a service behaves in time and size, measured from its traffic, as a profile that the mock plays."""
