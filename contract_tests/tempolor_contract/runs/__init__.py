"""What is played on a service to judge it: scenarios, random steps, generated requests, and the run of them all."""
