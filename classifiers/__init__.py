"""Is it a complaint, about what, how grave, in which language: estimators, training, evaluation."""
