"""The page's text: what is marked up, and that hostile text stays text."""

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selenium.webdriver import Chrome

from tests.rehearsal_page.page_driver import Page
from tests.rehearsal_page.page_stand_in import StandIn
from tests.rehearsal_page.page_world import ADA, world


@pytest.fixture(scope="module")
def page(driver: Chrome) -> Iterator[Page]:
    with StandIn(world()) as server:
        yield Page(driver, server.url).open(ADA)
        driver.get("about:blank")


DRAW = """
const [{ mrkdwn, plain }, { markdown }] = await Promise.all(
  [import('/page/ink.js'), import('/page/markdown.js')]);
const names = { userName: (id) => 'Ada', channelName: (id) => 'incident' };
const draw = { mrkdwn, plain, markdown }[args[0]];
return args[1].map((text) => {
  const box = document.createElement('div');
  box.append(...draw(text, names).flat(Infinity));
  return { html: box.innerHTML, text: box.textContent };
});
"""


def html(page: Page, text: str, dialect: str = "mrkdwn") -> str:
    return page.run(DRAW, dialect, [text])[0]["html"]


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        ("*bold* and _slanted_", "<strong>bold</strong> and <em>slanted</em>"),
        ("~gone~", "<s>gone</s>"),
        ("*_both_*", "<strong><em>both</em></strong>"),
        ("`a*b*c`", "<code>a*b*c</code>"),
        ("```x\n*y*```", "<pre><code>x\n*y*</code></pre>"),
        ("2*3*4", "2*3*4"),
        ("snake_case_name", "snake_case_name"),
        ("* not bold *", "* not bold *"),
        ("&gt; said\n> more", "<blockquote>said<br>more</blockquote>"),
        ("&lt;b&gt; &amp;amp;", "&lt;b&gt; &amp;amp;"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("<@U0ADA>", "@Ada</span>"),
        ("<#C0X|x>", "#incident</span>"),
        ("<!channel> help", '<span class="mention broadcast">@channel</span> help'),
        ("<https://a.example/?q=1&amp;r=2|the page>", ">the page</a>"),
        ("see https://a.example/x.", 'href="https://a.example/x"'),
        ("<javascript:alert(1)|ok>", "&lt;javascript:alert(1)|ok&gt;"),
        (":white_check_mark: done", 'aria-label=":white_check_mark:"'),
        ("12:30:45 :no_such_emoji:", "12:30:45 :no_such_emoji:"),
        ("• one\n• two", "<li"),
        ("<!date^0^{nonsense}|1 January>", ">1 January</time>"),
        ("<!date^86400^{date_num}|then>", ">1970-01-02</time>"),
    ],
)
def test_mrkdwn_is_drawn_as_slack_draws_it(page: Page, text: str, drawn: str) -> None:
    assert drawn in html(page, text)


@pytest.mark.parametrize(
    ("text", "drawn"),
    [
        (
            "# Title",
            '<div class="heading heading-1" role="heading" aria-level="1">Title',
        ),
        ("**bold** *em* ~~no~~", "<strong>bold</strong> <em>em</em> <s>no</s>"),
        ("- one\n  - two", 'class="indent-1"'),
        ("3. three", '<span class="marker">3.</span>'),
        ("- [x] done", 'type="checkbox" disabled="" checked=""'),
        ("```sh\nls *\n```", "<pre><code>ls *</code></pre>"),
        ("| a | b |\n|---|---|\n| 1 | 2 |", "<td>1</td><td>2</td>"),
        ("[go](https://a.example/)", 'href="https://a.example/"'),
        ("[go](javascript:alert(1))", "[go](javascript:alert(1))"),
        ("[go](data:text/html,x)", '<span class="bad-link"'),
        ("a\\*b\\*", "a*b*"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
    ],
)
def test_markdown_is_drawn(page: Page, text: str, drawn: str) -> None:
    assert drawn in html(page, text, "markdown")


def test_a_date_counts_in_the_readers_own_words(page: Page) -> None:
    now = page.run("return Math.floor(Date.now() / 1000)")
    drawn = html(page, f"<!date^{now - 7200}^{{ago}}|then>")
    assert ">2 hours ago</time>" in drawn


def test_hostile_depth_and_length_do_not_stop_the_page(page: Page) -> None:
    """A script that takes longer than the driver's 30 s for one fails."""
    texts = ["*_~" * 13_000, "*a " * 13_000, "<" * 40_000, "`" * 40_000, "> " * 9_000]
    drawn = page.run(DRAW, "mrkdwn", texts)
    assert all(one["text"] for one in drawn[:4])


SIGNS = "* _ ~ ` ``` < > & &lt; | ! @U1 #C1 ]( [x :x: \\ https://x.example"
PIECES = st.sampled_from(
    (
        *SIGNS.split(),
        *("- ", "# ", "\n", " ", "<!date^", "javascript:alert(1)", "\u202e", "'\""),
        *("<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "word"),
    )
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=60)
MARKS = "p br strong em s code pre a span time ul li blockquote div hr input"
DRAWN = "svg path rect circle table thead tbody tr th td"
TAGS = frozenset([*MARKS.split(), *DRAWN.split()])


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(TEXTS, min_size=20, max_size=40))
@pytest.mark.parametrize("dialect", ["mrkdwn", "plain", "markdown"])
def test_no_text_becomes_markup_of_its_own(
    page: Page, dialect: str, texts: list[str]
) -> None:
    inspect = """
    return drawn.map((box) => [...box.querySelectorAll('*')].map((node) => [
      node.tagName.toLowerCase(),
      node.getAttributeNames().filter((name) => name.startsWith('on')),
      node.getAttribute('href')]));
    """
    boxes = DRAW.replace("return args[1]", "const drawn = args[1]").replace(
        "return { html: box.innerHTML, text: box.textContent };", "return box;"
    )
    for nodes in page.run(boxes + inspect, dialect, texts):
        for tag, listeners, href in nodes:
            assert tag in TAGS
            assert listeners == []
            assert href is None or href.startswith(("http://", "https://", "mailto:"))


@settings(max_examples=25, deadline=None)
@given(texts=st.lists(st.text("abc <>&\n.", max_size=40), min_size=20, max_size=40))
def test_unmarked_text_is_shown_whole(page: Page, texts: list[str]) -> None:
    for text, drawn in zip(texts, page.run(DRAW, "plain", texts), strict=True):
        assert drawn["text"] == text.replace("\n", "")
