"""A rendered subject whose joint angles are exactly known (optional extra ``synthetic``)."""
