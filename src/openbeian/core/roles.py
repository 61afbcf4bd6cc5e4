"""Who takes part: kinds of organisation and the roles their members hold."""

from enum import StrEnum

from openbeian.core.text import Text

__all__ = ["GIVEN_ROLES", "ORGANISATION_LABELS", "ROLES_OF", "ROLE_LABELS", "OrganisationKind", "Role"]


class OrganisationKind(StrEnum):
    """What an organisation is in the filing system."""

    PROVIDER = "provider"
    PROVINCIAL = "provincial"
    NATIONAL = "national"
    PLATFORM = "platform"
    AUDITOR = "auditor"
    OPERATOR = "operator"


class Role(StrEnum):
    """What a member of an organisation does there; one person may hold several."""

    PREPARER = "preparer"
    LEGAL_REPRESENTATIVE = "legal_representative"
    ASSESSMENT_HEAD = "assessment_head"
    LAWFULNESS_HEAD = "lawfulness_head"
    INTAKE_OFFICER = "intake_officer"
    REVIEWER = "reviewer"
    TESTER = "tester"
    DECIDER = "decider"
    COUNTERSIGNER = "countersigner"
    PUBLISHER = "publisher"
    AUDITOR = "auditor"
    ADMINISTRATOR = "administrator"
    MEMBER_ADMINISTRATOR = "member_administrator"


ORGANISATION_LABELS: dict[OrganisationKind, Text] = {
    OrganisationKind.PROVIDER: Text("提供者", "Provider"),
    OrganisationKind.PROVINCIAL: Text("省级网信办", "Provincial office"),
    OrganisationKind.NATIONAL: Text("国家网信办", "National office"),
    OrganisationKind.PLATFORM: Text("平台", "Platform"),
    OrganisationKind.AUDITOR: Text("审计机构", "Auditor"),
    OrganisationKind.OPERATOR: Text("系统运维", "System operator"),
}

ROLE_LABELS: dict[Role, Text] = {
    Role.PREPARER: Text("经办人", "Preparer"),
    Role.LEGAL_REPRESENTATIVE: Text("法定代表人", "Legal representative"),
    Role.ASSESSMENT_HEAD: Text("安全评估负责人", "Head of the assessment"),
    Role.LAWFULNESS_HEAD: Text("合法性评估负责人", "Head of the lawfulness part"),
    Role.INTAKE_OFFICER: Text("受理员", "Intake officer"),
    Role.REVIEWER: Text("审查员", "Document reviewer"),
    Role.TESTER: Text("技术复测员", "Tester"),
    Role.DECIDER: Text("决定人", "Decider"),
    Role.COUNTERSIGNER: Text("会签人", "Countersigner"),
    Role.PUBLISHER: Text("发布员", "Publisher"),
    Role.AUDITOR: Text("审计员", "Auditor"),
    Role.ADMINISTRATOR: Text("系统管理员", "System administrator"),
    Role.MEMBER_ADMINISTRATOR: Text("单位管理员", "Administrator of members"),
}

_OFFICE_ROLES = frozenset(
    {
        Role.INTAKE_OFFICER,
        Role.REVIEWER,
        Role.TESTER,
        Role.DECIDER,
        Role.COUNTERSIGNER,
        Role.PUBLISHER,
    }
)

ROLES_OF: dict[OrganisationKind, frozenset[Role]] = {
    OrganisationKind.PROVIDER: frozenset(
        {Role.PREPARER, Role.LEGAL_REPRESENTATIVE, Role.ASSESSMENT_HEAD, Role.LAWFULNESS_HEAD}
    ),
    OrganisationKind.PROVINCIAL: _OFFICE_ROLES,
    OrganisationKind.NATIONAL: _OFFICE_ROLES,
    OrganisationKind.PLATFORM: frozenset(),
    OrganisationKind.AUDITOR: frozenset({Role.AUDITOR}),
    OrganisationKind.OPERATOR: frozenset({Role.ADMINISTRATOR}),
}
"""The roles that do an organisation's own work; whoever holds none of them sees none of it."""

_GIVES_NO_OTHER = frozenset({OrganisationKind.AUDITOR, OrganisationKind.OPERATOR})

GIVEN_ROLES: dict[OrganisationKind, frozenset[Role]] = {
    kind: roles if kind in _GIVES_NO_OTHER else roles | {Role.MEMBER_ADMINISTRATOR}
    for kind, roles in ROLES_OF.items()
}
"""The roles a member can be given: besides the work, entering colleagues and ending their membership.

Auditors change nothing, not even their own organisation: the system's administrators enter them.
"""
