"""Lines of code stay within the 150 columns of .editorconfig."""

from eng import columns


def test_code_no_line_is_longer_than_the_limit():
    problems = columns.check()

    assert not problems, f"{len(problems)} lines are too long:\n" + "\n".join(problems)
