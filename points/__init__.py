"""Points: how they are earned, assessed each quarter, and booked in the ledger.

- A `Rubric` says what a service is worth, in tenths of a point.
- A worker's `Service` is recorded by one person and confirmed by a second.
- Each quarter a village's `Assessment` counts the confirmed services; a meeting may adjust lines.
- The sheet is posted as a `Notice`; anyone may object to a line before it is booked.
- Booking posts a `Transfer` to the worker's `Account`. What is booked is never edited.
"""
