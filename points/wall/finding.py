"""Finding a line among those of a notice: by its number, by the name as it is masked, or by the grid."""

import re

from ground import names
from people.models import mask_name


def is_found(words: str, number: int, name: str, grid: str) -> bool:
    """Whether each of the words that were typed points to this line.

    A figure is a whole number: the line's, or one in the grid's name. Any other word begins the name, whose
    middle is hidden ("李" and "李秀明" both find "李*明"), or stands in the grid's name. A name may be typed
    with spaces too ("李 秀明"). static/notice.js does the same while somebody types.
    """
    numbers = {number, *map(int, re.findall("[0-9]+", grid))}
    whole, place = names.folded(name), names.folded(grid)
    typed = names.folded(words)
    if re.fullmatch("[^0-9]{2,}", typed) and whole.startswith(names.folded(mask_name(typed))):
        return True
    return all(
        int(word) in numbers
        if re.fullmatch("[0-9]+", word)
        else whole.startswith(names.folded(mask_name(word))) or word in place
        for word in map(names.folded, names.tidy(words).split())
    )
