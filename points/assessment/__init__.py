"""The assessment (评定) of a village's quarter, from its opening to the meeting's sheet.

While it is collecting, services are recorded and confirmed. When the meeting begins, it takes the confirmed
services and may adjust lines. Then `points.wall` posts the sheet and books it.
"""
