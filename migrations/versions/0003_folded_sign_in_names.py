"""Sign-in names are kept folded: `Clerk`, `ｃｌｅｒｋ` and `clerk` are one name.

Who has such a name already keeps it. Of the others that come to the same the oldest gets it, if it is free,
and each further one a number behind it. The command names all that changed, so that their owners can be told.
"""

import click
import sqlalchemy as sa
from alembic import op

from ground.names import folded

revision = "0003"
down_revision = "0002"

LONGEST_CHARACTERS = 40


def upgrade() -> None:
    """Fold each name that is not yet."""
    users = sa.table("user_account", sa.column("id", sa.Integer), sa.column("username", sa.String))
    connection = op.get_bind()
    rows = connection.execute(sa.select(users.c.id, users.c.username).order_by(users.c.id)).all()
    taken = {username for _ident, username in rows if username == folded(username)}
    for ident, username in rows:
        if username not in taken:
            name = free_name(folded(username)[:LONGEST_CHARACTERS], taken)
            taken.add(name)
            connection.execute(users.update().where(users.c.id == ident).values(username=name))
            click.echo(f"the sign-in name {username} is {name} from now on", err=True)


def free_name(plain: str, taken: set[str]) -> str:
    """This name, or the first with a number behind it that nobody has."""
    name, number = plain, 1
    while name in taken:
        number += 1
        behind = f"-{number}"
        name = plain[: LONGEST_CHARACTERS - len(behind)] + behind
    return name


def downgrade() -> None:
    """Nothing: folded names are names."""
