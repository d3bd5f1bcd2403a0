"""Rubrics (积分细则): the county's template, the villages' versions, and how they differ."""
