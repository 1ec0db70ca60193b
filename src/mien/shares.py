"""Shares in words, the same wherever a person reads one."""


def rounded(share: float) -> str:
    """Return a share in whole per cent; none that is not all or nothing is called so."""
    text = f"{share:.0%}"
    if text == "100%" and share < 1:
        return ">99%"
    return "<1%" if text == "0%" and share > 0 else text
