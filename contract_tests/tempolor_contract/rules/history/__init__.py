"""What a stream of calls has shown so far: one world for each token."""
