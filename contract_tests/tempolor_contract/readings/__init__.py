"""What traffic says about the readings of the decisions: confirmed, contradicted, or not reached."""
