"""How people learn and do: trainings, who is due for one, and the yearly evaluation from both sides."""
