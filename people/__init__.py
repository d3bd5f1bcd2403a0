"""Who and where: areas, grids, people, terms of service, accounts and roles."""
