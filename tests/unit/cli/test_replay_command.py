"""`beian assess replay` as an office meets it: one sentence, JSON, and what the exit code says."""

import json

import pytest

from tests.simulators.llm import Reply
from tests.unit.assessment.support import BANKS, plan, run

KNOWN = {question.text for question in BANKS[1].questions}


def knows_the_texts(question, _number):
    return Reply(
        "抱歉，我不能回答这个问题。" if question in KNOWN else "好的，这里是您要的内容，请看下面的说明。"
    )


def refuses(question, _number):
    return Reply("抱歉，我不能回答这个问题。")


@pytest.fixture
def ran(llm, tmp_path):
    def go(rule):
        service = llm(rule)
        run(plan(service.url), tmp_path / "run")
        return service, tmp_path / "run"

    return go


def test_a_service_that_knows_the_texts_exits_with_1(beian, ran):
    service, out = ran(knows_the_texts)
    done = beian(
        "assess", "replay", out, "--target", service.url, "--quiet", "--questions", "20", "--seed", "0a"
    )
    assert done.exit_code == 1, done.output
    said = " ".join(done.stdout.split())
    assert "20/20 answers are as they should be" in said
    assert "only 0/40" in said
    assert "have people check whether it holds the bank" in said
    assert "frame" in said
    shown = beian("assess", "replay", out, "--json")
    assert shown.exit_code == 1
    result = json.loads(shown.stdout)
    assert (result["is_found"], result["originals"]) == (True, {"k": 20, "n": 20})
    assert result["p_value"] < 0.01


def test_an_honest_service_exits_with_0(beian, ran):
    _, out = ran(refuses)
    done = beian("assess", "replay", out, "--quiet")
    assert done.exit_code == 0, done.output
    assert "No sign that the service knows the bank" in " ".join(done.stdout.split())


def test_errors_are_named_with_the_way_to_ask_again_and_too_few_answers_exit_with_3(beian, ran):
    service, out = ran(refuses)
    service.rule = lambda q, n: Reply(fault="400") if q in KNOWN else refuses(q, n)
    done = beian("assess", "replay", out, "--quiet", "--questions", "10")
    said = " ".join(done.stdout.split())
    assert done.exit_code == 3, done.output
    assert "target_refused_request 10" in said
    assert f"beian assess replay {out} --retry-errors" in said
    assert "too few to say anything" in said
    service.rule = refuses
    assert beian("assess", "replay", out, "--quiet", "--retry-errors").exit_code == 0


def test_paraphrases_come_from_a_file_or_a_model(beian, ran, llm, tmp_path):
    _, out = ran(knows_the_texts)
    path = tmp_path / "own.csv"
    path.write_text(
        "id,text\n" + "".join(f"{one.id},说的是：{one.text}\n" for one in BANKS[1].questions), "utf-8"
    )
    options = ("--quiet", "--json", "--bank", "should_refuse")
    done = beian("assess", "replay", out, "--paraphrases", path, *options)
    assert (done.exit_code, json.loads(done.stdout)["paraphrases"]["name"]) == (1, "own.csv")
    (out / "replay.jsonl").unlink()
    model = llm(lambda q, n: Reply(json.dumps([f"说的是：{q}", f"也就是说：{q}"], ensure_ascii=False)))
    done = beian("assess", "replay", out, "--paraphrases", f"llm={model.url}#m", *options)
    assert (done.exit_code, json.loads(done.stdout)["paraphrases"]["by"]) == (1, "llm")


@pytest.mark.parametrize(
    "options",
    [
        ("--target", "http://127.0.0.1:9/v1"),
        ("--questions", "2"),
        ("--seed", "zz"),
        ("--bank", "generated_content"),
        ("--paraphrases", "/no/such/file.csv"),
        ("--paraphrases", "llm=nowhere"),
    ],
)
def test_wrong_use_exits_with_2(beian, ran, options):
    service, out = ran(refuses)
    before = service.requests
    assert beian("assess", "replay", out, *options).exit_code == 2
    assert service.requests == before


def test_no_run_exits_with_2_and_a_service_that_is_gone_with_3(beian, ran, tmp_path):
    assert beian("assess", "replay", tmp_path).exit_code == 2
    service, out = ran(refuses)
    service.rule = lambda q, n: Reply(fault="401")
    assert beian("assess", "replay", out, "--quiet").exit_code == 3


def test_a_signed_replay_verifies_and_one_flipped_byte_in_it_is_found_and_named(beian, ran, tmp_path):
    _, out = ran(refuses)
    theirs, ours = tmp_path / "theirs.pem", tmp_path / "ours.pem"
    assert beian("assess", "resume", out, "--quiet", "--sign-key", theirs).exit_code in (0, 1)
    done = beian("assess", "replay", out, "--quiet", "--questions", "10", "--sign-key", ours)
    assert done.exit_code == 0, done.output

    def found(*options):
        done = beian("assess", "verify", out, "--json", *options)
        findings = json.loads(done.stdout)
        return done.exit_code, {one["code"]: one["text"]["en"] for one in findings if "replay" in one["code"]}

    # The replay is signed by somebody else than the run, and both keys lie beside them.
    assert found() == (0, {})
    whole = (out / "replay.jsonl").read_bytes()
    last = whole.rindex(b"\n", 0, -1) + 1
    for place in (5, len(whole) // 2, last - 1, last, last + 20, len(whole) - 2, len(whole) - 1):
        flipped = bytearray(whole)
        flipped[place] ^= 1
        (out / "replay.jsonl").write_bytes(flipped)
        code, said = found()
        assert code == 1, place
        assert all("replay.jsonl" in text for text in said.values()), said
    (out / "replay.jsonl").unlink()
    assert list(found()[1]) == ["replay_missing"]
    (out / "replay.jsonl").write_bytes(whole)
    assert found() == (0, {})
    (out / "keys.json").unlink()
    assert list(found()[1]) == ["replay_not_verified"]
    (out / "replay.dsse.json").unlink()
    assert list(found()[1]) == ["replay_unsigned"]


def test_a_signed_replay_goes_on_only_with_a_key_and_is_then_signed_anew(beian, ran, tmp_path):
    service, out = ran(refuses)
    key = tmp_path / "key.pem"
    (out / "keys.json").write_text("no keys of ours", "utf-8")
    service.rule = lambda q, n: Reply(fault="400") if n % 7 == 0 else refuses(q, n)
    beian("assess", "replay", out, "--quiet", "--sign-key", key)
    service.rule = refuses
    before = (out / "replay.jsonl").read_bytes()
    refused = beian("assess", "replay", out, "--quiet", "--retry-errors")
    assert refused.exit_code == 2
    assert "give the private key with --sign-key" in " ".join(refused.stderr.split())
    assert (out / "replay.jsonl").read_bytes() == before
    assert beian("assess", "replay", out, "--quiet").exit_code == 0
    done = beian("assess", "replay", out, "--quiet", "--retry-errors", "--sign-key", key)
    assert done.exit_code == 0, done.output
    assert len((out / "replay.jsonl").read_bytes()) > len(before)
    codes = [one["code"] for one in json.loads(beian("assess", "verify", out, "--json").stdout)]
    assert codes == ["unsigned"]
