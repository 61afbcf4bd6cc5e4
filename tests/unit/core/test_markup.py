"""HTML that is built here can't be injected into."""

from openbeian.core.markup import Markup, element, join


def test_text_is_escaped_once_and_what_was_built_here_never() -> None:
    inner = element("b", "<i>", title_='"')
    assert inner == '<b title="&quot;">&lt;i&gt;</b>'
    assert element("p", inner, "&", data_label=5) == f'<p data-label="5">{inner}&amp;</p>'
    assert element("br") == "<br/>"
    assert join(["<", inner]) == f"&lt;{inner}"
    assert Markup("<hr>").__html__() == "<hr>"
