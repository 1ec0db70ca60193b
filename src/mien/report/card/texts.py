"""What a card says of every model: uses, the law, limits. None of it is measured.

The law is told in short and second hand: read Regulation (EU) 2024/1689 itself.
"""

PERCEIVED = (
    "It answers how a face *looks* to people who label pictures, not what the person feels: the "
    "same movements are made for many reasons, and the same feeling is shown in many ways "
    "(Barrett et al. 2019, doi:10.1177/1529100619832930)."
)
INTENDED = (
    "To study recognition of facial expressions, to sort or annotate pictures whose subjects "
    "agreed to it, and to teach: always as a suggestion that a person checks, with its "
    "probability beside it.",
    "On faces like those that it was scored on; the tables say which, and how it did elsewhere.",
)
BANNED = (
    "In the European Union, inferring emotions of people at work and in education is prohibited "
    "since 2 February 2025, except for medical or safety reasons (AI Act, Regulation (EU) "
    "2024/1689, Art. 5(1)(f)).",
    "Where emotion recognition is allowed there, the people exposed to it must be told (Art. "
    "50(3)), and it counts as high-risk (Annex III, 1(c)), with the duties that follow.",
    "Do not use it to judge a person: not for hiring, marks, credit, insurance, policing or "
    "diagnosis, nor to detect lies or intentions.",
)
LIMITS = (
    "Labels are judgements of a few people, and often disputed: part of what counts as an error "
    "is disagreement.",
    "Each answer is one of its expressions, whatever the picture shows; a picture without a face "
    "given as a crop is answered too.",
    "Faces under about 60 pixels, turned or covered ones, rare expressions and answers with a low "
    "probability are the least to be trusted.",
    "Accuracy on one dataset does not carry over to another, and groups of people that a dataset "
    "does not name cannot be compared.",
)
REFERENCES = (
    "Mitchell et al. 2019, Model Cards for Model Reporting, doi:10.1145/3287560.3287596: the form "
    "of this card.",
    "Barrett, Adolphs, Marsella, Martinez & Pollak 2019, Emotional Expressions Reconsidered, "
    "doi:10.1177/1529100619832930.",
    "Guo et al. 2017, On Calibration of Modern Neural Networks, arXiv:1706.04599: temperature.",
    "Hendrycks & Dietterich 2019, Benchmarking Neural Network Robustness to Common Corruptions "
    "and Perturbations, arXiv:1903.12261.",
)
