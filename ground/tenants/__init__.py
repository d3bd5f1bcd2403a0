"""Several tenants in one process: each has an application, a folder, a secret and a database of its own.

    register    who they are: one file beside the instance
    host        the door before their applications: whose request it is, its host says
    migrating   all their databases brought up to the program, beside each other
    moving      one of them brought into another database
    cli         the commands

A tenant's application is made as one that is alone: sessions, keys, backups and limits are apart since
nothing of them is shared, and no query asks for a tenant. What the applications of one process do share
stands in `tests/test_shared_state.py`, each with its reason.
"""
