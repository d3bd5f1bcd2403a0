"""Who may come in: sign-ins and their roles, passwords and PINs, what guards the door, and who keeps it."""
