"""Cards in a browser: what has the focus, what is open on paper, and what a finger finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import BROWSER, MISSING
from tests.search.report.page.framed import ask_frame

pytestmark = pytest.mark.skipif(not BROWSER, reason=MISSING)


def test_a_button_of_a_card_keeps_the_focus(tmp_path: Path) -> None:
    """Comparing draws cards anew; a second press of Enter is to end it."""
    script = """const at = () => document.activeElement.closest('.card')?.id + ' ' + document.activeElement.textContent;
      const press = () => { document.activeElement.click(); return at(); };
      look(4);
      find('#card-4 button').focus();
      return [at(), press(), press()];"""
    ready, comparing, again = ask_frame(tmp_path, 1366, script)
    assert ready == again == "card-4 compare with the next"
    assert comparing == "card-4 stop comparing"
