"""Files and the malware scanner: what is clean goes through, what is not is refused, and the rest waits."""

import socket
import threading

import pytest

from openbeian.core.lifecycle import ApplicationStatus as S
from openbeian.portal.applications import actions
from openbeian.portal.applications.clamd import NotScannedError, scan
from openbeian.portal.applications.models import Attachment, Screening
from openbeian.portal.applications.screening import HeldBackError, InfectedError, check_released
from openbeian.portal.applications.storage import path_of
from openbeian.portal.correspondence import actions as correspondence
from openbeian.portal.operations.scanning import scan_waiting
from tests.portal.factories import AT, Cast, application_at, confirm_all
from tests.simulators.clamd import THREAT, ClamdSimulator


@pytest.fixture
def clamd(settings):
    with ClamdSimulator() as running:
        settings.BEIAN_CLAMD = running.address
        yield running


def nobody() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{taken.getsockname()[1]}"


def attach(application, cast: Cast, data: bytes, name: str = "a.md") -> Attachment:
    return actions.attach(application, kind="document", name=name, chunks=[data], by=cast.gd_preparer, at=AT)


def test_a_clean_file_is_scanned_once_and_an_infected_one_is_not_kept(cast: Cast, clamd):
    application = application_at(S.DRAFT, cast)
    clean = attach(application, cast, b"clean" * 50_000)
    attach(application, cast, b"clean" * 50_000, name="b.md")
    assert clamd.scanned[-1] == b"clean" * 50_000
    assert clamd.scanned.count(clamd.scanned[-1]) == 1
    check_released(clean.name, clean.sha256, at=AT)
    with pytest.raises(InfectedError, match=r"Beian\.Test\.Threat") as caught:
        attach(application, cast, b"x" + THREAT, name="坏.md")
    assert "清除后重新上传" in caught.value.text.zh
    infected = Screening.objects.get(state="infected")
    assert not path_of(infected.sha256).exists()
    assert not Attachment.objects.filter(name="坏.md").exists()
    with pytest.raises(InfectedError):
        attach(application, cast, b"x" + THREAT, name="坏.md")


def test_files_wait_while_the_scanner_is_away_and_nothing_is_handed_in_meanwhile(
    cast: Cast, settings, client
):
    settings.BEIAN_CLAMD = nobody()
    application = application_at(S.DRAFT, cast)
    waiting = attach(application, cast, b"x")
    confirm_all(application, cast)
    with pytest.raises(HeldBackError, match="try again in a few minutes"):
        actions.submit(application, by=cast.gd_preparer, at=AT)
    client.force_login(cast.gd_preparer)
    address = f"/applications/{application.reference}/files/{waiting.pk}/"
    assert client.get(address).status_code == 409
    with ClamdSimulator() as running:
        settings.BEIAN_CLAMD = running.address
        actions.submit(application, by=cast.gd_preparer, at=AT)
    fetched = client.get(address)
    assert b"".join(fetched.streaming_content) == b"x"
    fetched.close()
    application.refresh_from_db()
    assert application.state is S.SUBMITTED


def test_what_waited_and_turns_out_infected_is_taken_out_and_named(cast: Cast, settings):
    settings.BEIAN_CLAMD = nobody()
    application = application_at(S.DRAFT, cast)
    attach(application, cast, THREAT, name="坏.md")
    with ClamdSimulator() as running:
        settings.BEIAN_CLAMD = running.address
        with pytest.raises(InfectedError, match="坏"):
            actions.submit(application, by=cast.gd_preparer, at=AT)
        assert Attachment.objects.get(name="坏.md").removed_at == AT
        confirm_all(application, cast)
        actions.submit(application, by=cast.gd_preparer, at=AT)


def test_a_scanner_that_says_neither_clean_nor_found_has_not_scanned(tmp_path, clamd):
    (tmp_path / "a").write_bytes(b"x" * 100)
    clamd.refuse_more_than(10)
    with pytest.raises(NotScannedError, match="size limit exceeded"):
        scan(tmp_path / "a", clamd.address)
    for address in (nobody(), str(tmp_path / "no.socket"), "nonsense"):
        with pytest.raises(NotScannedError):
            scan(tmp_path / "a", address)


def test_the_scanner_is_reached_by_a_unix_socket_and_may_hang_up(tmp_path):
    place = tmp_path / "s"
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(place))
        listening.listen()

        def hang_up() -> None:
            connection, _ = listening.accept()
            with connection:
                while connection.recv(1 << 16)[-4:] != bytes(4):
                    pass

        thread = threading.Thread(target=hang_up)
        thread.start()
        (tmp_path / "a").write_bytes(b"x")
        with pytest.raises(NotScannedError, match="no answer"):
            scan(tmp_path / "a", str(place))
        thread.join()


def test_a_file_of_a_message_is_scanned_before_anybody_gets_it(cast: Cast, settings, client):
    application = application_at(S.IN_REVIEW, cast)
    files = [correspondence.Upload("好.md", [b"fine"]), correspondence.Upload("坏.md", [THREAT])]
    message = correspondence.send_message(application, text="见附件", files=files, by=cast.gd_preparer, at=AT)
    good, bad = message.files.order_by("pk")
    client.force_login(cast.gd_intake)
    address = f"/messages/{application.reference}/files"
    settings.BEIAN_CLAMD = nobody()
    assert client.get(f"{address}/{good.pk}/").status_code == 409
    with ClamdSimulator() as running:
        settings.BEIAN_CLAMD = running.address
        fetched = client.get(f"{address}/{good.pk}/")
        assert b"".join(fetched.streaming_content) == b"fine"
        fetched.close()
        for _ in range(2):
            assert client.get(f"{address}/{bad.pk}/").status_code == 422


def test_what_waited_is_scanned_in_the_background_before_anybody_opens_it(cast: Cast, settings, caplog):
    application = application_at(S.SUBMITTED, cast)
    assert scan_waiting(at=AT) == 0, "nothing to do where no scanner is"
    settings.BEIAN_CLAMD = nobody()
    file = correspondence.Upload("说明.txt", [b"x" + THREAT])
    correspondence.send_message(application, text="见附件。", files=[file], by=cast.gd_preparer, at=AT)
    assert scan_waiting(at=AT) == 0, "while it is away they go on waiting"
    with ClamdSimulator() as running:
        settings.BEIAN_CLAMD = running.address
        assert scan_waiting(at=AT) == application.attachments.count() + 1
        assert "Beian.Test.Threat" in caplog.text
        assert scan_waiting(at=AT) == 0, "each is scanned once"
    assert Screening.objects.get(state="infected").threat.startswith("Beian")
