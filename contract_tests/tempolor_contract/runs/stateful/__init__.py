"""Random sequences of calls: a Hypothesis state machine, judged by the rules of the run."""
