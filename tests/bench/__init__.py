"""`make bench`: what the gateway costs, beside the raw limits that the same machine shows in the same minutes."""
