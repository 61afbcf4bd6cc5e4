"""`classify`: what an entry is, and why."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openbeian.industries import (
    Classification,
    Correction,
    Corrections,
    Entry,
    Industry,
    Place,
    ServiceType,
    classify,
    classify_many,
    load_rules,
)

WORDS = [word.word for word in load_rules().words]
NAMES = st.lists(st.sampled_from(WORDS) | st.text(max_size=6), max_size=6).map("".join)


@pytest.mark.parametrize(
    ("name", "provider", "industry", "service_type"),
    [
        ("转炉智能炼钢大模型", "河北永洋特钢集团", Industry.MANUFACTURING, ServiceType.MODEL),
        ("鼓管佳助手", "南京鼓楼医院", Industry.HEALTH, ServiceType.ASSISTANT),
        ("12345智能体", "北京市市民热线服务中心", Industry.GOVERNMENT, ServiceType.AGENT),
        ("特斯拉车机语音大模型服务", "特斯拉（上海）有限公司", Industry.AUTOMOTIVE, ServiceType.SPEECH),
        ("PowerLawGLM大模型", "", Industry.LEGAL, ServiceType.MODEL),
        ("文心快码", "北京百度网讯科技有限公司", Industry.CODING, ServiceType.CODING),
        ("京水客服", "北京市自来水集团", Industry.CUSTOMER_SERVICE, ServiceType.ASSISTANT),
        ("流云大模型", "中国物流集团", Industry.LOGISTICS, ServiceType.MODEL),
        ("光明大模型", "中国电力科学研究院", Industry.OTHER, ServiceType.MODEL),
        ("文心一言", "北京百度网讯科技有限公司", Industry.GENERAL, ServiceType.ASSISTANT),
    ],
)
def test_an_entry_is_what_its_names_say(name, provider, industry, service_type):
    found = classify(name, provider)
    assert (found.industry, found.service_type) == (industry, service_type)


def test_a_field_in_the_service_s_name_outweighs_what_its_provider_is_known_for():
    assert classify("星火医疗大模型", "科大讯飞股份有限公司").industry is Industry.HEALTH
    assert classify("星火大模型", "科大讯飞股份有限公司").industry is Industry.GENERAL


def test_the_stated_scope_decides_where_the_names_say_nothing():
    assert classify("小明", "某某公司").industry is Industry.OTHER
    assert classify("小明", "某某公司", "为中小学教师备课，批改学生作业").industry is Industry.EDUCATION


def test_what_says_nothing_is_other_and_a_model_without_confidence():
    found = classify("朱雀", "某某公司")
    assert found == Classification(Industry.OTHER, ServiceType.MODEL, (), 0.0, 0.0)


def test_a_large_model_is_general_only_of_a_company_for_everything():
    assert classify("朱雀大模型", "某某公司").industry is Industry.OTHER
    assert classify("朱雀大模型", "某某人工智能科技有限公司").industry is Industry.GENERAL
    assert classify("朱雀通用大模型", "某某公司").industry is Industry.GENERAL


def test_traditional_full_width_and_small_letters_make_no_difference():
    assert classify("ＭｅｄＧＰＴ 醫療助手", "").industry is classify("MedGPT 医疗助手", "").industry
    assert classify("轉爐智能煉鋼大模型", "").industry is Industry.MANUFACTURING


def test_a_word_inside_a_longer_one_says_nothing():
    words = {reason.word for reason in classify("推荐算法", "中国电子商务公司").reasons}
    assert not words & {"法", "电子"}
    assert "medal" not in {reason.word for reason in classify("Medal", "").reasons}
    assert classify("Medal", "").industry is Industry.OTHER


def test_every_reason_says_which_word_stands_where_and_what_it_counts():
    found = classify("工银智涌大模型", "中国工商银行股份有限公司")
    reason = found.reasons[0]
    assert (reason.speaks_for, reason.word, reason.place, reason.weight) == (
        Industry.FINANCE,
        "银行",
        Place.PROVIDER_NAME,
        4,
    )
    assert reason.text.zh == "提供者名称含「银行」：金融 +4"
    assert reason.text.en == "“银行” in the provider's name: finance +4"


def test_a_well_known_provider_is_named_once_by_its_longest_name():
    known = [
        reason
        for reason in classify("京医千询", "北京京东健康有限公司").reasons
        if reason.place is Place.KNOWN_PROVIDER
    ]
    assert [(reason.word, reason.text.en) for reason in known] == [
        ("京东健康", "the provider “京东健康” is known for it: health +3")
    ]


def test_the_office_decides_whatever_the_rules_say_and_the_evidence_stays_to_be_seen():
    decisions = Corrections([Correction("ＭｅｄＧＰＴ", "甲 公司", Industry.EDUCATION, ServiceType.AGENT)])
    found = classify("medgpt", "甲公司", corrections=decisions)
    assert (found.industry, found.service_type) == (Industry.EDUCATION, ServiceType.AGENT)
    assert (found.confidence, found.type_confidence) == (1.0, 1.0)
    assert found.reasons[0].place is Place.OFFICE
    assert found.reasons[0].text.zh == "网信办决定为：教育"
    assert classify("medgpt", "乙公司", corrections=decisions).industry is Industry.OTHER
    assert found.score(Industry.EDUCATION) > 0


def test_the_office_may_decide_one_of_the_two_and_its_last_word_counts():
    decisions = Corrections(
        [Correction("MedGPT", "", Industry.LEGAL), Correction("MedGPT", "", None, ServiceType.SEARCH)]
    )
    assert len(decisions) == 1
    found = classify("MedGPT", "", corrections=decisions)
    assert (found.industry, found.service_type) == (Industry.HEALTH, ServiceType.SEARCH)
    only_industry = classify(
        "MedGPT", "", corrections=Corrections([Correction("MedGPT", "", Industry.LEGAL)])
    )
    assert (only_industry.industry, only_industry.service_type) == (Industry.LEGAL, ServiceType.MODEL)
    assert only_industry.type_confidence < 1


def test_coding_the_industry_is_not_coding_the_service_type():
    found = classify("代码大模型", "")
    assert found.score(Industry.CODING) == 6
    assert found.score(ServiceType.CODING) == 6


@settings(deadline=None)  # the first call compiles the words
@given(NAMES, NAMES, NAMES)
def test_any_text_is_classified_the_same_each_time_and_reasons_sum_to_the_winning_score(
    name, provider, scope
):
    found = classify(name, provider, scope)
    assert classify(name, provider, scope) == found
    for labels, winner, confidence in (
        (Industry, found.industry, found.confidence),
        (ServiceType, found.service_type, found.type_confidence),
    ):
        scores = {label: found.score(label) for label in labels}
        assert scores[winner] == max(scores.values())
        total = sum(scores.values())
        assert confidence == (scores[winner] / (total + load_rules().in_doubt) if total else 0)
        assert 0 <= confidence < 1
    weights = sum(reason.weight for reason in found.reasons)
    assert weights == sum(found.score(label) for labels in (Industry, ServiceType) for label in labels)
    assert all(reason.text.zh and reason.text.en for reason in found.reasons)


def test_many_entries_at_once_are_what_each_is_alone():
    entries = [Entry("MedGPT", "甲"), Entry("小明", "乙", "帮助律师"), Entry("文心一言", "北京百度网讯")]
    decisions = Corrections([Correction("MedGPT", "甲", Industry.LEGAL)])
    assert classify_many(entries, corrections=decisions) == [
        classify(*entry, corrections=decisions) for entry in entries
    ]
    assert classify_many([]) == []
