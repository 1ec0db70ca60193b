"""How far a model's probabilities can be believed, and what is fitted so that they can."""
