"""How good the judge is: scores with confidence intervals, comparisons, speed, and how they are told."""
