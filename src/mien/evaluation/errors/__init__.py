"""Where a model errs: hardest pictures, confusions, and labels that may be wrong."""
