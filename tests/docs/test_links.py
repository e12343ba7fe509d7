"""No page leads nowhere, and the check itself would notice."""

import pytest

from eng import links


def test_repository_every_link_and_anchor_leads_somewhere():
    assert links.check() == []


@pytest.mark.parametrize(
    ("target", "problem"),
    [
        ("missing.md", "there is no such file"),
        ("README.md#no-such-heading", "there is no such heading"),
        ("#no-such-heading", "there is no such heading"),
        ("../outside.md", "leads out of the repository"),
        ("LICENSE", None),
        ("docs/", None),
    ],
)
def test_wrong_target_says_what_is_wrong(target, problem):
    assert links.wrong(links.ROOT / "README.md", target) == problem


def test_dead_links_page_with_links_tells_only_the_dead_ones_outside_code(tmp_path, monkeypatch):
    monkeypatch.setattr(links, "ROOT", tmp_path)
    monkeypatch.setattr(links, "name", lambda path: path.name)
    page = tmp_path / "page.md"
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/there.cs").touch()
    page.write_text(
        "# A page\n`sub/there.cs` `sub/gone.cs` `else/where.cs`\n[here](#a-page) [gone](gone.md)\n`[code](no.md)`\n```\n[code](no.md)\n```\n"
        "![picture](no.png)\n[out](https://example.com/x.md)\n\n[name]: also-gone.md\n"
    )

    assert list(links.dead_links(page)) == [
        "page.md:2: `sub/gone.cs`: there is no such file",
        "page.md:3: gone.md: there is no such file",
        "page.md:8: no.png: there is no such file",
        "page.md:11: also-gone.md: there is no such file",
    ]


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Life of a request", "life-of-a-request"),
        ("`LoadBalancer:Retry`", "loadbalancerretry"),
        ("POST on connections, and why", "post-on-connections-and-why"),
        ("[A link](x.md) in it", "a-link-in-it"),
    ],
)
def test_slug_of_heading_is_what_github_makes(heading, anchor):
    assert links.slug_of(heading) == anchor


def test_anchors_equal_headings_are_numbered(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("# One\n## Two\n## Two\n")

    assert links.anchors(page) == {"one", "two", "two-1"}
