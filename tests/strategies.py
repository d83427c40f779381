"""Hypothesis strategies shared by the tests: texts and pages as they come, and worse."""

from __future__ import annotations

from hypothesis import strategies as st

#: Characters that make a splitter stumble, beside ordinary Han text.
AWKWARD = "。！？；，、：…—“”‘’「」『』（）()《》〈〉【】.!?;,:\"' \t\n\r\u3000\xa0\u200b\xad\ufeff\x000５Ａａ１①图记者"
HAN = "党建治理作风支部社区群众干部基层网格服务监督学习工作问题会议制度的了在是和有不人们"


def any_text(max_size: int = 200) -> st.SearchStrategy[str]:
    """Any string at all, lone surrogates included."""
    return st.text(
        st.one_of(st.sampled_from(HAN), st.sampled_from(AWKWARD), st.characters(codec=None)),
        max_size=max_size,
    )


def han_text(min_size: int = 0, max_size: int = 300) -> st.SearchStrategy[str]:
    """Strings of Han characters and the punctuation that goes with them."""
    return st.text(st.sampled_from(HAN + AWKWARD), min_size=min_size, max_size=max_size)
