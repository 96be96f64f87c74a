"""What is done to every feed, in this order."""

FIRST = "first poll"
NOT_MODIFIED = "unchanged, 304"
SAME_BODY = "unchanged, no validators"
ONE_NEW = "one new entry"

PHASES = (FIRST, NOT_MODIFIED, SAME_BODY, ONE_NEW)
