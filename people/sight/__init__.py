"""What may be seen of people: above the village their names and telephones are masked.

    name    the name of a person, or of whoever else is named on a row
    phone   a telephone number
    text    what somebody wrote, in which names and telephones may stand

Within the village all of it is read as it was written. Above it, on public pages and on paper, somebody of
a village is 李*明 and 138****5678, also where a neighbour wrote of them in a reason or a note. By name
stands who acts by their post: a sign-in with nobody of a roster behind it. Which reader it is,
`people.views.shown` asks.
"""

from people.sight.reading import NAMES_KEPT, AreaId, Named, Sight, names_kept, outside

__all__ = ["NAMES_KEPT", "AreaId", "Named", "Sight", "names_kept", "outside"]
