"""The quarterly assessment (评定): opened, deliberated, on notice, objected to, booked, corrected."""
