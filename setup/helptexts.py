"""Help for the pages of the first day."""

from flask_babel import lazy_gettext as _

HELP_TEXTS = {
    "setup.choose": _(
        "Whoever opens an empty program decides here. Begin for your village, township or county, or look at "
        "a demo first. As soon as something is there, this page is gone and the sign-in takes its place."
    ),
    "setup.code": _(
        "The code shows that you are the one who started the program. Type it as it stands in that window; "
        "small letters and blanks do not matter. If somebody else runs the server, ask them for it."
    ),
    "setup.end_demo": _(
        "Press the button when you have seen enough of the demo. It stays as long as the program runs; with "
        "the next start everything is empty, and you begin with your own village. The demo is kept in a file."
    ),
    "setup.begin_in_earnest": _(
        "Choose the place first, then your own sign-in. What you leave empty about the address and the shop "
        "can be done later. After the button you are signed in, and the next steps stand on the front page."
    ),
}
