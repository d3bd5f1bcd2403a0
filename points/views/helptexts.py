"""Help for each page of `points`: what it is for, what to do first, what happens then."""

from flask_babel import lazy_gettext as _

HELP_TEXTS = {
    "services.services": _(
        "First look one by one at what needs a look, then confirm the others together. What you recorded "
        "yourself somebody else confirms. Until the notice hangs a confirmation can be taken back."
    ),
    "services.new_service": _(
        "Who, what, which day, how often: one kind of service at a time. Visits, gatherings, hazards and "
        "disputes have pages of their own and count by themselves. Somebody else then confirms it."
    ),
    "services.new_activity": _(
        "What several workers did together, entered once: tick who was there, scan their cards, or paste a "
        "list of names and let it be ticked. Each has a record of their own; a second person confirms all "
        "of them in one step."
    ),
    "services.service_again": _(
        "Read first why it was rejected, then write down what was missing. The rejected one stays as it "
        "was; the new one waits to be confirmed. It can be handed in again once only."
    ),
    "services.deductions": _(
        "Clerk or chair propose a deduction with what shows it. The worker is heard first; then somebody "
        "else decides. Until it is decided nothing is taken."
    ),
    "services.deduction": _(
        "Read first what shows it and what the worker says, then decide. Who proposed it does not decide "
        "it, but may withdraw it. A decision to deduct can be taken back until the notice hangs."
    ),
    "services.new_deduction": _(
        "Write down what happened on which day, and who saw it or which paper shows it. The worker reads it "
        "at once. If it was a mistake, withdraw it before it is decided."
    ),
    "services.slips": _(
        "Print slips for workers without a phone; they write by hand and let the household sign. When one "
        "comes back, scan its code and key it in. Each can be keyed in once."
    ),
    "services.slip": _(
        "Key in what stands on the paper, nothing more. Then the word of whoever signed confirms it. Keep "
        "the paper: supervision may ask for it."
    ),
    "services.samples": _(
        "Supervision draws some records of a quarter and looks whether they are true. Let the seed come "
        "from chance, before witnesses. What was drawn stays here, whatever is found."
    ),
    "services.sample": _(
        "Print the list, go from house to house, then write down here what was found of each. If you were "
        "wrong, write it down anew: both stay. Nobody looks into their own service."
    ),
    "openings.openings": _(
        "Here a village that begins with Aixin takes over what its workers have left on paper. The clerk "
        "brings a file; its rows become a sheet that hangs on the wall. Press a sheet to see what comes next."
    ),
    "openings.import_openings": _(
        "Write name, balance and the paper it stands on into the template, and choose the file. You see "
        "first what it would do, and every cell that is wrong. Then its sheet waits to be posted."
    ),
    "openings.openings_file": _(
        "Look whether each row found the right person. With a bad cell nothing is taken: mend it and choose "
        "the file again. Taken in, nothing is booked yet: the sheet hangs on the wall first."
    ),
    "openings.sheet": _(
        "The box above says what to do now. The clerk posts the sheet and can take it back until a line is "
        "booked; who disagrees objects. After the notice a chair books who did not prepare it."
    ),
    "openings.new_objection": _(
        "Write down what they say, in their words, and which line it is about. Tell them the number. Until "
        "the answer, within 7 working days, the line is not booked."
    ),
    "openings.objection": _(
        "Look at the paper with somebody of the supervisors, then answer. Who brought the file does not. If "
        "it is right, write all the points that the line has to have; it hangs again before it is booked."
    ),
    "openings.reverse": _(
        "Only for what was booked wrong. A second person has to agree; then the whole entry is taken back. "
        "The right figure comes with another sheet, which hangs on the wall first."
    ),
    "openings.notice": _(
        "What the grid workers bring over from paper, as it hangs on the wall; names are shortened. If a "
        "line is wrong, tell the committee or its supervisors while it is not booked."
    ),
    "assessment.quarters": _(
        "The clerk opens a quarter when it begins or is over; press it to see what comes next. Points "
        "arrive with the workers after the fourth step, the booking."
    ),
    "assessment.quarter": _(
        "The box above says what to do now. Once posted, lines are not changed by hand: who disagrees "
        "objects. The chair books after the notice, and not if they prepared the sheet themselves."
    ),
    "assessment.area_quarter": _(
        "Open the quarter for villages that have not, and remind those that have not booked. Press a "
        "village to see its sheet. What hangs there and is wrong you send back to its meeting, with the "
        "reason."
    ),
    "assessment.assessment_terms": _(
        "The county says here how many have to come to a meeting, how long a notice hangs, and by when is "
        "booked. It holds from now on; what hangs already keeps its days. Townships only read it."
    ),
    "assessment.mine_quarter": _(
        "Here you see what your points of a quarter came of, record by record. Until the notice hangs, "
        "figures may change. If something is wrong, object before it is booked."
    ),
    "meeting.minutes": _(
        "The clerk ticks who was invited and who came, and writes down what was said. Only with enough "
        "people can the meeting begin. If somebody wrote meanwhile, you see theirs before you send yours."
    ),
    "meeting.line": _(
        "Every record of this worker stands here, with who recorded and who confirmed it. Points that the "
        "meeting gives or takes need a reason, which hangs on the wall. Leave relatives out of the line."
    ),
    "meeting.projector": _(
        "Show it to the meeting: one person at a time. The arrow keys or a pointer go on. Nothing is "
        "changed here; for that open the line."
    ),
    "wall.preview": _(
        "Read it from the first line to the last: this is how it will hang. What is not confirmed does not "
        "count; confirm it before. Once posted, the sheet stands still and anyone may object."
    ),
    "wall.notices": _(
        "Press a quarter to read the sheet as it hangs on the wall. Names are shortened there. As long as a "
        "line is not booked, anyone may object, also without a sign-in."
    ),
    "wall.notice": _(
        "Find your line by surname, grid or number. If something is wrong, press “Object”; you need not "
        "give your name. Once booked, a mistake is put right in the next quarter."
    ),
    "wall.object_online": _(
        "Say which line, what happened on which day, and what you think is right. After sending you get a "
        "number: write it down. Without a name you are answered just the same."
    ),
    "wall.follow": _(
        "Type the number that you were given when you objected. With it you see the answer without a "
        "sign-in. If you lost it, ask at the village committee."
    ),
    "wall.followed": _(
        "Write down the number or print the page, and come back with it. If the answer comes too late, the "
        "township sees that too. A changed line hangs again before it is booked."
    ),
    "wall.objection": _(
        "Compare the records first, then answer by the day that stands above. Say whether it is right, why, "
        "and who decided. An answer cannot be changed; a changed line is posted anew."
    ),
    "wall.new_objection": _(
        "Write down what somebody told you, in their words, also what you think is wrong. Then print the "
        "receipt and give it to them. Never leave an objection out: only an answered line is booked."
    ),
    "wall.proof": _(
        "Type the number at the foot of a notice; it is computed anew. If it fits, nothing booked before "
        "was changed. If not, go to the township with the paper."
    ),
    "wall.correct": _(
        "Only for too many points: the wrong entry is taken back and the right points are booked. Too few "
        "are given by the next meeting. Both entries stay, and the reason hangs on the wall."
    ),
    "ledger.accounts": _(
        "Press a name to see each entry. What was handed out, spent and expired together is what was "
        "issued. An entry is never rewritten: a mistake is put right by a further one."
    ),
    "ledger.account": _(
        "Each entry says where the points came from or went to. If too much was booked, the chair corrects "
        "it here. If it was too little, the next meeting gives it."
    ),
    "ledger.mine": _(
        "Take your card to the love supermarket to spend these points. What you did arrives here after it "
        "was confirmed, posted and booked. What was rejected you can hand in again below."
    ),
    "ledger.expiry": _(
        "As a rule points do not expire. Only if the village's meeting decided so does the chair write it "
        "down; everybody is told before. Until the last day is over it can be taken back."
    ),
    "ledger.leaving": _(
        "Choose who leaves; the next page says first what becomes of the points. Points kept until a day "
        "are spent with a new card. After that day what is left expires."
    ),
    "ledger.leaving_rule": _(
        "The village decides by its meeting how long who leaves may still spend their points. The new rule "
        "holds from the day you write. Who left before keeps the old one."
    ),
    "ledger.leave": _(
        "Read first what becomes of the points. Then write day, reason and decision. Their terms end and "
        "the card stops at once; this cannot be taken back."
    ),
    "ledger.duplicates": _(
        "Ask both first whether they are one person: two of one name may be two. Press “See what merging "
        "does” to look without changing anything. The chair merges, and that is for good."
    ),
    "ledger.area_duplicates": _(
        "These pairs look like one person who was entered twice, maybe in two villages. Tell the village's "
        "chair, who asks and merges. Here nothing can be changed."
    ),
    "ledger.merge": _(
        "Look first which entry is kept, and read what happens. The points go to the kept one and both "
        "histories stay. Only the chair merges, and a merge cannot be undone."
    ),
    "rubrics.rubric": _(
        "It says what brings points and what takes them; print it and hang it up. A quarter is scored by "
        "the version in force on its first day. A new one needs a decision of the village's meeting."
    ),
    "rubrics.rubric_version": _(
        "This is one version; from which day it holds stands above. Not in force yet and wrong, the chair "
        "can withdraw it. One that was in force stays as it is."
    ),
    "rubrics.adopt_rubric": _(
        "First let the village's meeting decide, then write down the day and which meeting it was. The "
        "county's items come along by themselves. Before it is in force it can be withdrawn."
    ),
    "rubrics.compare_rubrics": _(
        "What stands on neither side is the same in both versions. Read it out when the meeting decides on "
        "a new one. Nothing is changed here."
    ),
    "rubrics.template": _(
        "All villages of the county score by it, once their own meeting has adopted it. The county alone "
        "publishes a new version. For a village its own adopted version counts."
    ),
    "rubrics.template_version": _(
        "This is one version of the county's; from which day it holds stands above. Not in force yet and "
        "wrong, the county can withdraw it. Villages that adopted it keep their own."
    ),
    "rubrics.compare_templates": _(
        "What stands on neither side is the same in both versions. Read it before villages ask what has "
        "changed. Nothing is changed here."
    ),
    "rubrics.publish_template": _(
        "Write down each item with its points and its cap, and who decided it. Villages see then that there "
        "is a new one, and adopt it by their meetings. Before it is in force it can be withdrawn."
    ),
}
