"""Findings: which pictures of a prepared dataset a person should look at, and why.

``kinds`` says what is looked for; ``findings.find`` looks; ``files`` writes and reads what was
found. ``mien.datasets.audit`` holds the plain counts.
"""
