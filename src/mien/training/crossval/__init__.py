"""Cross-validation: a run a fold, scored on the pictures that it did not learn from."""

from mien.training.crossval.crossing import crossval, go_on
from mien.training.crossval.dealing import FoldSettings

__all__ = ["FoldSettings", "crossval", "go_on"]
