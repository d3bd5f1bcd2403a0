"""Opening balances (期初积分): what a village's paper says of its workers' points when it begins here.

    columns, plan, intake   a file is tried out and becomes a sheet
    sheets                  sheets and where their lines stand; taking one back
    posting                 it hangs on the wall, the whole of it, later what objections changed
    objections              they are written down and answered
    booking, reversing      each line goes into the ledger once; what was booked is taken back
    noticesheet, wording    the notice on paper

Nothing is in the ledger that did not hang. The opening of a quarter is another thing
(`points.assessment.opening`).
"""
