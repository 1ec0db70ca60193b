"""What the files of a model tell, as sentences and tables: page and model card are made of it."""
