"""Help for each page of `reports`: what it is for, what to do first, what happens then."""

from flask_babel import lazy_gettext as _

HELP_TEXTS = {
    "boards.board": _(
        "What asks for somebody today stands first, and leads to where it is seen to. Below stands the "
        "quarter beside the one before. Villages stand by how much asks for help; nobody is ranked or named."
    ),
}
