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


def test_all_is_open_on_paper_and_closed_again_after_it(tmp_path: Path) -> None:
    script = """const open = () => new Set([...document.querySelectorAll('.card details')].map((each) => each.open));
      const told = [...open()];
      for (const name of ['beforeprint', 'afterprint']) { dispatchEvent(new Event(name)); told.push(...open()); }
      return told;"""
    assert ask_frame(tmp_path, 1000, script) == [False, True, False]


def test_a_number_on_paper_does_not_run_into_the_words_beside_it(tmp_path: Path) -> None:
    script = """const ends = [...find('#table tbody tr').cells].map((cell) => {
        const range = document.createRange();
        range.selectNodeContents(cell);
        return range.getBoundingClientRect();
      });
      return ends.slice(1).map(({ left }, at) => left - ends[at].right).filter((gap) => gap < 5);"""
    assert ask_frame(tmp_path, 1000, script, printed=True) == []


def test_a_tap_shows_the_card_and_in_a_comparison_the_second_one(tmp_path: Path) -> None:
    script = """const tap = (number) => {
        const box = find(`#plot [data-trial="${number}"] .halo`).getBoundingClientRect();
        const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2, bubbles: true };
        plot.dispatchEvent(new PointerEvent('click', { ...at, pointerType: 'touch' }));
        return document.querySelector('.card:last-child').getBoundingClientRect();
      };
      const one = tap(4).top;
      find('.card button').click();
      const asked = find('.card.empty').getBoundingClientRect().right;
      const { top, left, right, width } = tap(12);
      return [one, asked, top, right - left >= width && left >= 0, right, scrollY > 0];"""
    one, asked, top, whole, right, scrolled = ask_frame(tmp_path, 400, script)
    assert (whole, scrolled) == (True, True)
    assert 0 <= one < 100 and 0 <= top < 100
    assert max(asked, right) <= 400


@pytest.mark.parametrize(("width", "told"), [(400, True), (800, False)])
def test_it_is_told_where_the_plot_has_to_be_scrolled(width: int, told: bool, tmp_path: Path) -> None:
    assert ask_frame(tmp_path, width, "return [hidden('#plot') > 0, find('.swipe').offsetHeight > 0];") == [told] * 2


@pytest.mark.parametrize("width", [400, 1366])
def test_words_of_two_patterns_are_large_enough_to_be_read(width: int, tmp_path: Path) -> None:
    script = """find('.card button').click();
      look(0);
      const told = [...document.querySelectorAll('.pattern')].map((each) => {
        const drawn = decodeURIComponent(each.src).match(/ width="([0-9.]+)" height="([0-9.]+)"/).slice(1).map(Number);
        return Math.min(each.offsetWidth / drawn[0], each.offsetHeight / drawn[1]);
      });
      return [told, document.documentElement.scrollWidth <= innerWidth];"""
    sizes, whole = ask_frame(tmp_path, width, script)
    assert len(sizes) == 2 and min(sizes) > 0.66  # of 15 pixels
    assert whole


def test_two_patterns_show_the_same_stages(tmp_path: Path) -> None:
    script = """find('.card button').click();
      look(0);
      const [one, other] = [...document.querySelectorAll('.pattern')].map((each) => each.parentElement);
      one.scrollLeft = 50;
      one.dispatchEvent(new Event('scroll'));
      return [one.scrollLeft, other.scrollLeft];"""
    assert ask_frame(tmp_path, 1366, script) == [50, 50]


def test_two_cards_on_paper_are_not_cut_off(tmp_path: Path) -> None:
    """Nothing scrolls there."""
    script = """find('.card button').click();
      look(0);
      return [getComputedStyle(cards).overflow, cards.scrollWidth - cards.clientWidth];"""
    assert ask_frame(tmp_path, 500, script, printed=True) == ["visible", 0]


@pytest.mark.parametrize(("least", "most"), [("500", ""), ("", "-500"), ("5", "-50"), ("-500", "500")])
def test_a_range_beyond_an_axis_is_drawn_within_it(least: str, most: str, tmp_path: Path) -> None:
    """A height below 0 is an error of the page."""
    script = f"""const type = (what, value) => {{
        const field = find(`[aria-label="${{what}} delta_mtl"]`);
        field.value = value;
        field.dispatchEvent(new Event('change'));
      }};
      type('least', '{least}');
      type('most', '{most}');
      const brush = [...document.querySelectorAll('.brush')].find((each) => Number(each.getAttribute('y')) > 0);
      const line = find('.axes line');
      const [y, height] = ['y', 'height'].map((name) => Number(brush.getAttribute(name)));
      const [top, foot] = ['y1', 'y2'].map((name) => Number(line.getAttribute(name)));
      const left = document.querySelectorAll('.axes path:not(.out)').length;
      return [y >= top, height, y + height <= foot, foot - top, left];"""
    above, height, below, whole, left = ask_frame(tmp_path, 1366, script)
    assert above and below
    everything = least == "-500" and most == "500"
    assert height == (whole if everything else 0)
    assert (left > 0) is everything
