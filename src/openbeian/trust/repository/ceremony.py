"""The ceremony in which a repository comes into being: every key, the first root, the first targets.

    DIR/root-1/root-1.pem, root-1.pub …      three people, a medium each; password-protected
    DIR/targets-1/targets-1.pem …            as many people as publish; password-protected
    DIR/online/register.pem, snapshot.pem, timestamp.pem    for the register's machine
    DIR/second/register-2.pem                for the second signer's machine, where there is one
    DIR/repository/                          what is published

The command adds `root.json`, `protocol.md` and a copy of every public key in `public-keys/`.

Each of the folders may be a medium of its own, mounted there before.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from openbeian.core.errors import BadInputError, CouldNotRunError
from openbeian.trust.keys import Ed25519Signer
from openbeian.trust.repository.drafting import first_root, first_targets
from openbeian.trust.repository.folder import RepositoryFolder
from openbeian.trust.repository.keys import NamedKey, add_signatures, make_key
from openbeian.trust.repository.roles import KEYS, LIFETIMES, OFFLINE, POLICY, Lifetimes, Role
from openbeian_gate.verify.gate_rules import GateRules
from openbeian_gate.verify.keys import PublicKeySet

__all__ = ["DEFAULT_RULES", "Ceremony", "CeremonyPlan", "MadeKey", "hold_ceremony"]

DEFAULT_RULES: Final = GateRules(timedelta(seconds=60), timedelta(days=1), timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class CeremonyPlan:
    """Who takes part, and what is published first."""

    public_keys: PublicKeySet
    """The register's keys for certificates, snapshots and log, and those of its witnesses."""
    rules: GateRules = DEFAULT_RULES
    root_people: int = 3
    root_threshold: int = 2
    targets_people: int = 3
    targets_threshold: int = 2
    register_signers: int = 1
    """One machine, or two, of which the second works out for itself what it signs."""
    is_development: bool = False
    """All keys on one machine, without passwords: for trying things out."""
    lifetimes: Lifetimes = field(default_factory=lambda: LIFETIMES)

    def __post_init__(self) -> None:
        """Check that no one person decides, and that one lost key stops nothing.

        Raises:
            BadInputError: The numbers don't allow that.
        """
        pairs = ((self.root_people, self.root_threshold), (self.targets_people, self.targets_threshold))
        if any(not 2 <= threshold < people <= _MOST_PEOPLE for people, threshold in pairs):  # noqa: PLR2004
            raise BadInputError(
                "根与发布的签名门槛须不少于 2 且小于人数：一人不能独断，丢一把也不停摆；请调整人数。",
                "Root and targets need a threshold of at least 2, below the number of people: nobody decides "
                "alone, and one lost key stops nothing; change the numbers.",
            )
        if self.register_signers not in {1, 2}:
            raise BadInputError(
                "登记角色的签名机器为 1 或 2 台；请调整。",
                "One or two machines sign for the register; change it.",
            )


_MOST_PEOPLE: Final = 15


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A key that was made."""

    role: Role
    public: NamedKey
    file: Path


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What came of it."""

    keys: Sequence[MadeKey]
    root: bytes
    plan: CeremonyPlan
    expires: Mapping[str, datetime]


def hold_ceremony(
    folder: Path, plan: CeremonyPlan, *, password: Callable[[str], bytes | None], at: datetime
) -> Ceremony:
    """Make every key and the first metadata in `folder`.

    Args:
        folder: Where; see above.
        plan: Who and what.
        password: Asks for the password of a person's key, by its name; not called for online keys.
        at: The time.

    Raises:
        CouldNotRunError: Keys are there already, or the disk refuses.
    """
    repository = RepositoryFolder(folder / "repository")
    if repository.exists:
        raise CouldNotRunError(
            f"{folder} 中已举行过密钥仪式；请另指一个目录。",
            f"A ceremony was held in {folder} already; name another folder.",
        )
    made = {role: [_make(folder, role, name, password) for name in _names(plan, role)] for role in _ORDER}
    thresholds: dict[Role, int] = {
        "root": plan.root_threshold,
        "targets": plan.targets_threshold,
        "snapshot": 1,
        "timestamp": 1,
    }
    keys = {role: [key.public.key for _, key in pairs] for role, pairs in made.items()}
    files = {POLICY: plan.rules.to_bytes(), KEYS: plan.public_keys.to_bytes()}
    root = first_root(keys, thresholds, at=at, is_development=plan.is_development, lifetimes=plan.lifetimes)
    targets = first_targets(files, keys["register"], plan.register_signers, at=at, lifetimes=plan.lifetimes)
    # Everybody is in the room, so everybody signs; the threshold is what counts later.
    add_signatures(root, *(signer for signer, _ in made["root"]))
    add_signatures(targets, *(signer for signer, _ in made["targets"]))
    with repository.locked():
        repository.write(
            {
                **{
                    repository.target_file(name, target.hashes["sha256"]): files[name]
                    for name, target in targets.signed.targets.items()
                },
                repository.metadata_file(1, "targets"): targets.to_bytes(),
            }
        )
        repository.write_root(root)
    return Ceremony(
        [key for pairs in made.values() for _, key in pairs],
        root.to_bytes(),
        plan,
        {"root": root.signed.expires, "targets": targets.signed.expires},
    )


_ORDER: Final[tuple[Role, ...]] = ("root", "targets", "register", "snapshot", "timestamp")


def _names(plan: CeremonyPlan, role: Role) -> list[str]:
    match role:
        case "root":
            return [f"root-{n}" for n in range(1, plan.root_people + 1)]
        case "targets":
            return [f"targets-{n}" for n in range(1, plan.targets_people + 1)]
        case "register":
            return ["register", "register-2"][: plan.register_signers]
        case _:
            return [role]


def _make(
    folder: Path, role: Role, name: str, password: Callable[[str], bytes | None]
) -> tuple[Ed25519Signer, MadeKey]:
    is_offline = role in OFFLINE
    place = folder / (name if is_offline else "second" if name == "register-2" else "online")
    try:
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise CouldNotRunError(
            f"无法建立目录 {place}；请检查路径与权限。",
            f"The folder {place} cannot be made ({error}); check path and permissions.",
        ) from error
    file = place / f"{name}.pem"
    signer, public = make_key(name, file, password(name) if is_offline else None)
    return signer, MadeKey(role, public, file)
