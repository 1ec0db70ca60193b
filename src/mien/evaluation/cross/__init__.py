"""Every model on every dataset, without what the model has seen."""
