"""A prefecture (州、市) above its counties: the returns that they sent, brought together and summed."""
