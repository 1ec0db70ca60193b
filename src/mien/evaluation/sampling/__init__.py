"""What the choice of test pictures leaves open: bootstrap intervals, and tests of differences."""
