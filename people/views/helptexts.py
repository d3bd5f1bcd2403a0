"""Help for each page of `people`: what it is for, what to do first, what happens then."""

from flask_babel import lazy_gettext as _

HELP_TEXTS = {
    "home.home": _(
        "Choose the place where you want to work. Behind each stands how much waits for you there. If one "
        "is missing, ask the office above it for the role."
    ),
    "home.front": _(
        "What waits for you stands first, with the last day for it. Press a line, and you come to the page "
        "where it is done. What is done leaves the list by itself."
    ),
    "home.find": _(
        "Write a part of a name, the first letters of its pinyin, the last four digits of a telephone, or a "
        "number from a card, a receipt or goods. You find what you may see. A whole number opens its page "
        "at once. On a keyboard, / puts the cursor into the field."
    ),
    "home.offline": _(
        "This page stands here as long as there is no network. Press one of the pages below: what you write "
        "down there waits on this device and goes out by itself later."
    ),
    "home.area": _(
        "What waits for you and who is late stands first, below it are all villages. Press a village to "
        "look into it. What the village itself does, such as confirming and booking, you cannot do for it."
    ),
    "home.audit": _(
        "Look here when you want to know who changed something and when. Type a name, or narrow it by "
        "action and day. Everybody who may see this page can only read it."
    ),
    "home.supervision": _(
        "Look through the page every week, the line that is not looked into first. Ask whoever did it, look "
        "at the paper, and write down what you found. What stands here is no accusation: most of it is in "
        "order."
    ),
    "upkeep.address": _(
        "The codes on cards, receipts and notices lead to this address. Choose it before you print cards. It "
        "holds from the next start of the program on; what was printed before leads where it led then."
    ),
    "upkeep.backups": _(
        "On a single computer the program makes a backup by itself each evening. Press the button before "
        "something large, such as a quarter's booking. A backup in which something does not fit is not kept."
    ),
    "home.contacts": _(
        "On a phone, tap a number to call it; in the office, print the page and hang it up. When somebody "
        "or a number changes, the clerk or the chair changes it here."
    ),
    "home.contact": _(
        "Use the upper part for somebody new or a new number, the lower one when nobody is there for now. "
        "Check the number once more: who scans a worker's card sees it too."
    ),
    "home.new_contact": _(
        "Give the number for duty, no private one: who scans a worker's card sees it too. If somebody takes "
        "their place later, press “Change” beside them and add nobody twice."
    ),
    "home.proposals": _(
        "What one person wants to do and another has to agree to. What waits stands first: open it and read "
        "what would be done. Who proposed it never decides it."
    ),
    "home.proposal": _(
        "Read what would be done, and ask who proposed it if something is unclear. If you agree, it is done "
        "at once in their name and yours; if not, say why, and nothing is done."
    ),
    "home.held": _(
        "Print this page when somebody asks what is held about them, and hand it to them alone. It holds "
        "phone numbers and records: leave it lying nowhere."
    ),
    "home.held_above": _(
        "Print this page when an instructor of your own office asks what is held about them, and hand it to "
        "them alone. For the people of a village their village prints it."
    ),
    "home.held_about_me": _(
        "You see here all that is written down about you. If something is wrong, tell the village's clerk, "
        "who corrects it. That you read about yourself is not written down."
    ),
    "home.guides": _(
        "Print the sheet of your own role and hang it where you work. A clerk prints those of the workers "
        "and volunteers too, and hands them out."
    ),
    "signin.sign_in": _(
        "Grid workers type the number of their card and their PIN of six digits, all others their sign-in "
        "name and password. Who forgot it asks the village, or the office above, for a new one."
    ),
    "signin.sign_in_code": _(
        "Open the app on your telephone and type its six digits for this program. No telephone: type one of "
        "the recovery codes from your paper. Both lost: whoever gave you the sign-in takes this step off."
    ),
    "signin.second_step": _(
        "With it nobody comes in who only saw your password. First put Aixin into an app that shows codes, "
        "then type the first one. Keep the paper with the recovery codes where the seal is kept."
    ),
    "signin.password": _(
        "First the present one, then the new one twice. The new one holds at once. Who forgot the present "
        "one asks whoever gave it for a new one."
    ),
    "signin.sessions": _(
        "Each line is a device on which you are signed in. Press “Sign out there” beside one that you lost, "
        "left or do not know; it is out at its next page."
    ),
    "signin.accounts": _(
        "Who forgot their password: press the name and make a new one, which is shown once. Close the "
        "sign-in of who left; what they did stays. Grid workers need none: they have card and PIN."
    ),
    "signin.account": _(
        "New password, signing out everywhere and closing are all here. A role that waits has no effect "
        "until somebody else of the township or county confirms it. Your own roles others change."
    ),
    "signin.further_role": _(
        "Use this when somebody has a sign-in already, for example an instructor of several villages. Ask "
        "them for their sign-in name, letter by letter. A role can be taken back at any time."
    ),
    "signin.new_account": _(
        "Ask for the name first, and choose a sign-in name that is easy to type. The password is shown "
        "once: write it down and hand it over at once. At the first sign-in they choose their own."
    ),
    "signin.pins": _(
        "First issue a card to who has none. Then give the PIN: it is shown once, hand it over at once. Who "
        "forgot theirs gets a new one, and the old one opens nothing any more."
    ),
    "cards.cards": _(
        "First issue the missing cards, then print, cut and hand them out. When a card is lost, press the "
        "name and report it: from then on the desk does not take it. The points stay."
    ),
    "cards.person_cards": _(
        "A lost card: first report it lost, then issue a new one; the points stay. Found again, it can be "
        "good again unless a newer one is in use. A destroyed card never is."
    ),
    "roster.grids": _(
        "Each grid has a worker and an instructor; where somebody is missing it says so. Press a grid to "
        "appoint, rename, split or close it."
    ),
    "roster.grid": _(
        "Who serves here now and who did before stands here. Clerk and chair appoint; every change asks for "
        "the day and the reason. What was written down before stays."
    ),
    "roster.appoint": _(
        "First look for the person in the list; only who is not there is entered as somebody new. Whoever "
        "is entered twice has two accounts. Afterwards a worker still needs a card."
    ),
    "roster.hand_over": _(
        "Choose who takes over and from which day. What was done before that day stays with who did it, the "
        "points too. The new worker still needs a card."
    ),
    "roster.end_term": _(
        "Write down the first day without service, and why. A worker's card stops from that day unless they "
        "serve in another grid. What becomes of the points the chair settles under Leaving."
    ),
    "roster.renew": _(
        "The same person goes on for three more years; card and points stay as they are. For somebody else "
        "use Hand over."
    ),
    "roster.terms": _(
        "Look first where nobody serves, then whose term ends soon. Tick several and renew them with one "
        "press. Clerk and chair do it; all others only look."
    ),
    "roster.new_grid": _(
        "Type code and name with care: the code cannot be changed later. Usual are 5 to 10 households; an "
        "office, school or market can be a grid of its own. Then appoint its people."
    ),
    "roster.correct_grid": _(
        "Put right here what was written down wrong: kind, households, group, place. What really changed, "
        "such as the name or a split, has pages of its own. The audit trail keeps what stood here."
    ),
    "roster.rename_grid": _(
        "Write the new name, from which day, and why. People, households and records stay with the grid, "
        "only the name changes."
    ),
    "roster.split_grid": _(
        "First code and name of the new grid, then how many households go there. Afterwards appoint its "
        "worker and instructor, and move the household files over."
    ),
    "roster.merge_grid": _(
        "Choose into which grid this one goes. While somebody serves here it cannot be merged: end or hand "
        "over the term first. This grid is closed then and is not opened again."
    ),
    "roster.close_grid": _(
        "A grid is closed when it is not needed any more. While somebody serves here it cannot be closed: "
        "end the term first. It is not opened again; its records stay."
    ),
    "roster.persons": _(
        "Press a name to see where somebody serves and served. If you do not find somebody, look among "
        "those who do not serve. Two of one name may be one person entered twice."
    ),
    "roster.person": _(
        "All terms of this person stand here, with what became of each. If the name or phone is wrong, "
        "clerk or chair correct it. What the village alone may know is masked for all others."
    ),
    "roster.correct_person": _(
        "Correct only what was wrong or has changed about this very person. For somebody else enter a new "
        "person, or their points go to the wrong one. The audit trail keeps what stood here."
    ),
    "roster.staffing": _(
        "Look first at villages where a worker or instructor is missing. Press a figure to see which grids. "
        "The village appoints; you remind it."
    ),
    "roster.import_roster": _(
        "Download the template first, or take a table of your own with the same headings. Choosing a file "
        "changes nothing yet. If one cell is wrong, nothing of the file is taken in."
    ),
    "roster.import_file": _(
        "Look first at cells that cannot be taken: mend them in your file and choose it again. Then compare "
        "what would be added and changed. If it was the wrong file, all of it is taken back as long as no "
        "points were booked."
    ),
    "roster.imports": _(
        "If a file was the wrong one, press its name: you see what would go, and nothing is done yet. What "
        "was taken back stays on this page, with who did it and why."
    ),
    "roster.take_back_import": _(
        "Look first whether something stands in the way; settle that, or correct the mistakes one by one. "
        "Then compare what would go, say why, and press the button. After that the right file can come in."
    ),
    "conduct.trainings": _(
        "First write down a session, then on its day let people in by card or tick them. The clerk takes "
        "attendance into the services, from where it brings points."
    ),
    "conduct.training": _(
        "Who has a card is let in by it, all others are ticked on the list. Let in by mistake: take the "
        "tick back. A session can be taken back as long as nobody is on its list."
    ),
    "conduct.training_list": _(
        "Tick who came, leave out who did not, and press the button below. Ticked wrongly: come back and "
        "tick anew. Whose card was scanned meanwhile stays on the list."
    ),
    "conduct.training_due": _(
        "Choose first for whom and which period. Who then comes to a session leaves this list by itself. A "
        "village sees names, township and county see numbers."
    ),
    "conduct.law_marks": _(
        "The county names them; the village's clerk or chair writes down the day. A mark given to the wrong "
        "person is taken back here. Above the village only numbers are shown."
    ),
    "conduct.new_training": _(
        "Write down topic, place and day; it may be a day to come. People are let in on that day at the "
        "earliest. As long as nobody is on the list, it can be taken back."
    ),
    "conduct.evaluations": _(
        "Once a year worker and instructor speak about each other, and the village about the instructors. "
        "Press a name to begin. What was sent cannot be changed."
    ),
    "conduct.evaluate": _(
        "Choose one grade for each of the three questions; a remark may be left out. Read it once more "
        "before you send it: it cannot be changed or taken back."
    ),
    "conduct.evaluation_results": _(
        "Choose a year to see earlier ones. Of workers nothing is shown until enough have spoken, so that "
        "nobody can be told from it. Please keep it to yourselves: villages do not see it."
    ),
    "conduct.growth": _(
        "Write down who applied to the Party, joined it or became a reserve cadre, with the day of the "
        "decision. A stage entered by mistake is taken back with the reason."
    ),
    "conduct.growth_figures": _(
        "Press a village to see who it is; names are masked there. The villages write it down, you only "
        "look. If a figure seems too small, ask whether the village forgot somebody."
    ),
    "conduct.negative_list": _(
        "Only the county puts items on it or takes them off. When somebody leaves because of one, the chair "
        "chooses it in the leaving. What was on the list before stays to be read."
    ),
}
