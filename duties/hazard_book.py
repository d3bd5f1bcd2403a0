"""The village's ledger of hazards and emergencies (隐患台账) as a file, in the columns that offices use."""

from typing import Any

from duties import incidents
from duties.models import Incident, IncidentKind, IncidentStepKind, Severity
from ground import tables
from ground.db import db
from people import audit
from people.models import Area, User

COLUMNS = (
    *("序号", "类型", "等级", "发现日期", "网格编码", "网格名称", "地点", "情况"),
    *("现场处置", "发现人", "移交单位", "处置经过", "销号日期", "登记人"),
)
LAYOUT = tables.Layout("隐患台账", tuple(map(tables.Column, COLUMNS)), texts=("网格编码",))

KINDS = {IncidentKind.HAZARD: "安全隐患", IncidentKind.EMERGENCY: "突发事件"}
SEVERITIES = {
    Severity.ORDINARY: "一般",
    Severity.MAJOR: "较大",
    Severity.SEVERE: "重大",
    Severity.EXTREME: "特别重大",
}


def export_hazards(reader: User, village: Area) -> list[dict[str, Any]]:
    """The rows of all hazards and emergencies of a village, open ones first. The export is audited."""
    village_incidents = db.session.scalars(
        incidents.search_incidents(reader, village, incidents.IncidentSearch())
    ).all()
    rows = [
        dict(zip(COLUMNS, _cells(number, incident), strict=True))
        for number, incident in enumerate(village_incidents, 1)
    ]
    audit.note(reader, "incidents.export", village, village, kind="xlsx", rows=len(rows))
    return rows


def _cells(number: int, incident: Incident) -> tuple[Any, ...]:
    receivers = [step.to for step in incident.steps if step.kind == IncidentStepKind.HANDED_OVER]
    course = [f"{step.on:%Y-%m-%d} {step.note}" for step in incident.steps if step.note]
    return (
        *(number, KINDS[incident.kind], SEVERITIES[incident.severity], incident.found_on),
        *(incident.grid.code, incident.grid.name, incident.place, incident.what, incident.done),
        incident.worker.name if incident.worker else None,
        *("、".join(receivers), "；".join(course), incident.closed_on, incident.recorded_by.name),
    )
