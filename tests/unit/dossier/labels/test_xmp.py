"""Labels in XMP packets: every form is read, and nothing but the label changes."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openbeian.dossier.labels.errors import CannotLabelError, UnreadableError
from openbeian.dossier.labels.xmp import NAMESPACE, new_packet, read_packet, with_label, without_labels

VALUE = '{"Label":"1","ContentProducer":"a&b<c>","ProduceID":"p"}'
RDF = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
OTHER = '<rdf:Description rdf:about="uuid:1" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="a > b"/>'


def packet(*descriptions, rdf="rdf:RDF"):
    inner = "\n".join(descriptions)
    return f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><{rdf} {RDF}>{inner}</{rdf}></x:xmpmeta>'.encode()


def as_attribute(value, prefix="TC260"):
    quoted = value.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'<rdf:Description rdf:about="" xmlns:{prefix}="{NAMESPACE}" {prefix}:AIGC="{quoted}"/>'


def as_element(value, prefix="TC260", more=""):
    quoted = value.replace("&", "&amp;").replace("<", "&lt;")
    element = f"<{prefix}:AIGC> {quoted} </{prefix}:AIGC>"
    return f'<rdf:Description rdf:about="" xmlns:{prefix}="{NAMESPACE}"{more}>{element}</rdf:Description>'


def test_a_new_packet_holds_the_value():
    assert read_packet(new_packet(VALUE)) == (VALUE,)


@pytest.mark.parametrize("form", [as_attribute(VALUE), as_element(VALUE), as_element(VALUE, prefix="q")])
def test_both_forms_are_read_under_any_prefix(form):
    assert read_packet(packet(OTHER, form)) == (VALUE,)


def test_two_labels_are_both_found():
    assert read_packet(packet(as_element("{}"), as_attribute("[]"))) == ("{}", "[]")


def test_a_name_in_another_namespace_is_no_label():
    other = as_element(VALUE).replace(NAMESPACE, "urn:x")
    assert read_packet(packet(other)) == ()


def test_adding_inserts_one_piece_and_changes_no_other_byte():
    before = packet(OTHER)
    after = with_label(before, VALUE)
    assert read_packet(after) == (VALUE,)
    head, tail = before.split(b"</rdf:RDF>")
    assert after.startswith(head)
    assert after.endswith(b"</rdf:RDF>" + tail)


def test_the_description_is_about_the_same_thing_as_the_others():
    assert with_label(packet(OTHER), VALUE).count(b'rdf:about="uuid:1"') == 2


@pytest.mark.parametrize(
    "form", [as_attribute("{}"), as_element("{}"), as_element("{}") + as_attribute("[]")]
)
def test_replacing_leaves_one_label_and_the_rest(form):
    after = with_label(packet(OTHER, form), VALUE)
    assert read_packet(after) == (VALUE,)
    assert OTHER.encode() in after


def test_replacing_again_and_again_leaves_nothing_behind():
    once = with_label(packet(OTHER), VALUE)
    assert with_label(once, VALUE) == once
    assert without_labels(once) == packet(OTHER)


def test_other_properties_of_the_same_description_stay():
    mixed = as_element("{}", more=' xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="image/png"')
    assert b'dc:format="image/png"' in with_label(packet(mixed), VALUE)


def test_an_empty_label_element_is_found_and_replaced():
    empty = as_element("").replace("<TC260:AIGC>  </TC260:AIGC>", "<TC260:AIGC/>")
    assert read_packet(packet(empty)) == ("",)
    assert read_packet(with_label(packet(empty), VALUE)) == (VALUE,)


def test_a_label_with_children_is_found_as_no_value():
    nested = as_element("").replace("  ", "<a><TC260:AIGC>x</TC260:AIGC></a>")
    assert read_packet(packet(nested)) == ("",)
    assert read_packet(with_label(packet(nested), VALUE)) == (VALUE,)


def test_padding_with_zero_bytes_is_cut_off():
    assert read_packet(new_packet(VALUE) + b"\0\0") == (VALUE,)


def test_utf_16_is_read_and_not_written():
    wide = new_packet(VALUE).decode().lstrip().encode("utf-16")
    assert read_packet(wide) == (VALUE,)
    with pytest.raises(CannotLabelError):
        with_label(wide, VALUE)


@pytest.mark.parametrize("bad", [packet(OTHER, rdf="rdf:Bag"), b"<x/>", b'<rdf:RDF xmlns:rdf="urn:x"/>'])
def test_a_packet_without_rdf_gets_no_label(bad):
    with pytest.raises(CannotLabelError):
        with_label(bad, VALUE)


def test_an_rdf_element_closed_at_once_gets_no_label():
    with pytest.raises(CannotLabelError):
        with_label(f"<x><rdf:RDF {RDF}/></x>".encode(), VALUE)


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"<x",
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>',
        b'<?xml version="1.0" encoding="gb18030"?><x/>',
        b'<?xml version="1.0" encoding="no-such"?><x/>',
    ],
)
def test_what_is_no_plain_xml_is_refused_in_a_sentence(bad):
    with pytest.raises(UnreadableError):
        read_packet(bad)


@given(st.binary(max_size=200))
def test_any_bytes_give_values_or_a_sentence(noise):
    for data in (noise, packet(OTHER)[:-20] + noise):
        with contextlib.suppress(UnreadableError):
            assert isinstance(read_packet(data), tuple)
