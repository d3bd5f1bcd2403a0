"""The words that pages show for the codes in the models: states, roles, kinds and classes."""

from flask_babel import lazy_gettext as _

from people.models import (
    Attention,
    Background,
    CardState,
    ChosenBy,
    ContactKind,
    DepartureKind,
    Duty,
    EvaluationSide,
    GridKind,
    Outcome,
    PoliticalStatus,
    ProposalState,
    Role,
    Sex,
    Stage,
)

GRID_KINDS = {
    GridKind.RURAL: _("rural"),
    GridKind.URBAN: _("urban"),
    GridKind.DEDICATED: _("dedicated"),
}

SEXES = {
    Sex.MALE: _("male"),
    Sex.FEMALE: _("female"),
}

STANDINGS = {
    PoliticalStatus.PARTY: _("Party member"),
    PoliticalStatus.PROBATIONARY: _("probationary Party member"),
    PoliticalStatus.LEAGUE: _("Youth League member"),
    PoliticalStatus.OTHER_PARTY: _("member of another party"),
    PoliticalStatus.MASSES: _("of no party"),
}

BACKGROUNDS = {
    Background.PARTY_MEMBER: _("Party member"),
    Background.RETIRED_OFFICIAL: _("retired official"),
    Background.VETERAN: _("veteran"),
    Background.REPRESENTATIVE: _("villagers' representative"),
    Background.GROUP_LEADER: _("group leader"),
    Background.VOLUNTEER: _("volunteer"),
    Background.OTHER: _("other"),
}

CHOSEN_BY = {
    ChosenBy.HOUSEHOLDS: _("household heads' meeting"),
    ChosenBy.GROUP: _("villagers' group"),
    ChosenBy.OWNERS: _("owners' committee"),
    ChosenBy.VILLAGE: _("village committee"),
}

DUTIES = {
    Duty.WORKER: _("Grid worker"),
    Duty.INSTRUCTOR: _("Instructor"),
}

ATTENTIONS = {
    Attention.PRIORITY: _("priority household"),
    Attention.WATCHED: _("watched household"),
    Attention.ORDINARY: _("ordinary household"),
}

# How often a household of each class is visited (county's rules).
VISITED = {
    Attention.PRIORITY: _("visited weekly"),
    Attention.WATCHED: _("visited monthly"),
    Attention.ORDINARY: _("visited as needed"),
}

# A class with how often it is visited, as forms offer it.
ATTENTIONS_VISITED = {
    Attention.PRIORITY: _("priority household, visited weekly"),
    Attention.WATCHED: _("watched household, visited monthly"),
    Attention.ORDINARY: _("ordinary household, visited as needed"),
}

STAGES = {
    Stage.APPLICANT: _("Party applicant"),
    Stage.PARTY_MEMBER: _("Party member"),
    Stage.RESERVE_CADRE: _("reserve village cadre"),
}

CONTACT_KINDS = {
    ContactKind.OFFICIAL: _("Attached official"),
    ContactKind.POLICE: _("Police officer"),
    ContactKind.JUDGE: _("Judge"),
    ContactKind.MEDIATOR: _("Mediator"),
}

ROLES = {
    Role.PREFECTURE: _("prefecture office"),
    Role.COUNTY: _("county office"),
    Role.TOWNSHIP: _("township office"),
    Role.CLERK: _("clerk"),
    Role.CHAIR: _("chair"),
    Role.SUPERVISOR: _("village supervision"),
    Role.INSTRUCTOR: _("instructor"),
    Role.MANAGER: _("shop manager"),
    Role.VOLUNTEER: _("shop volunteer"),
    Role.WORKER: _("grid worker"),
}

CARD_STATES = {
    CardState.ACTIVE: _("valid"),
    CardState.LOST: _("lost"),
    CardState.REPLACED: _("replaced"),
    CardState.FROZEN: _("frozen"),
    CardState.RETIRED: _("retired"),
}

DEPARTURE_KINDS = {
    DepartureKind.EXIT: _("exit"),
    DepartureKind.ADJUSTMENT: _("adjustment by the village"),
    DepartureKind.TERM_END: _("end of the term"),
}

OUTCOMES = {
    Outcome.KEEP: _("kept until a day"),
    Outcome.EXPIRE: _("expired"),
}

SIDES = {
    EvaluationSide.OF_WORKER: _("instructor on worker"),
    EvaluationSide.BY_WORKER: _("worker on instructor"),
    EvaluationSide.BY_VILLAGE: _("village on instructor"),
}

PROPOSAL_STATES = {
    ProposalState.WAITING: _("waits to be agreed to"),
    ProposalState.AGREED: _("agreed and done"),
    ProposalState.REFUSED: _("refused, nothing done"),
    ProposalState.WITHDRAWN: _("withdrawn, nothing done"),
}
