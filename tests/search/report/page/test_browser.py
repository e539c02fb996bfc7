"""The page in a browser: its scripts run without an error and fill what they are to fill."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.browser import BROWSER, MISSING, open_page, print_page
from tests.search.report.page.framed import DELTAS, ask_frame, write_a_page


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_the_page_fills_itself_without_an_error(tmp_path: Path) -> None:
    write_a_page(tmp_path / "front.html")
    opened = open_page((tmp_path / "front.html").as_uri() + "#trial-4", tmp_path / "browser")
    assert opened.errors == ()
    page = opened.page
    for words in (
        "trial 4, ",
        "single-task \u00b1 sd",
        "Who should share what",
        "python -m search.export r 4",
        "PED-ANOVA",
    ):
        assert words in page
    assert page.count('class="card') == 1
    assert page.count('tabindex="0"') == 2  # one stop in the plot, one in the table
    assert 'aria-sort="descending"' in page
    assert "lost &lt;b&gt;" in page
    assert "sharing/depth.depth" in page  # a decision, by its name in Optuna's record
    assert 'aria-label="least depth.delta"' not in page  # these trials have no task deltas, so that no axes are drawn


@pytest.mark.skipif(not BROWSER or not shutil.which("pdftotext"), reason=f"{MISSING}, or no pdftotext")
def test_no_column_and_no_number_is_lost_on_paper(tmp_path: Path) -> None:
    write_a_page(tmp_path / "front.html", dict.fromkeys(DELTAS, -7.4321))
    print_page((tmp_path / "front.html").as_uri() + "#trial-4", tmp_path / "page.pdf", tmp_path / "browser")
    printed = subprocess.run(["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, text=True)
    words = " ".join(printed.stdout.split())
    for title in ("segmentation.delta [%]", "normals.delta [%]", "seconds", "hypervolume", "why it failed"):
        assert re.sub(r"\W", "", title) in re.sub(r"\W", "", words)
    assert words.count("-7.43 \u00b1") >= len(DELTAS) or words.count("-7.4 \u00b1") >= 1
    assert words.count("%", 0) and len(re.findall(r"-7\.?\d* ± \d+\.?\d* ?%", words)) == len(DELTAS)


@pytest.mark.skipif(not BROWSER, reason=MISSING)
@pytest.mark.parametrize("width", [360, 400])
def test_a_telephone_scrolls_down_alone(width: int, tmp_path: Path) -> None:
    """Tables scroll within themselves, and what is out of sight makes no row tall."""
    rows = "[...document.querySelectorAll('#table tbody tr')].map((row) => row.offsetHeight)"
    told = "[document.documentElement.scrollWidth, hidden('.card .wide:has(> table)'), Math.max(..." + rows + ")]"
    wide, card, row = ask_frame(tmp_path, width, f"return {told};")
    assert (wide <= width, card, row < 60) == (True, 0, True)


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_words_of_the_plot_are_large_enough_to_be_read_on_a_telephone(tmp_path: Path) -> None:
    script = """const texts = [...document.querySelectorAll('#plot text')];
      const least = Math.min(...texts.map((each) => each.getBoundingClientRect().height));
      return [least, hidden('#plot'), document.documentElement.scrollWidth];"""
    least, beside, wide = ask_frame(tmp_path, 400, script)
    assert least >= 8 and beside > 0 and wide <= 400  # the plot scrolls in its own box


@pytest.mark.skipif(not BROWSER, reason=MISSING)
@pytest.mark.parametrize("width", [720, 1000])
def test_no_word_of_a_heading_is_broken_on_paper(width: int, tmp_path: Path) -> None:
    """Upright and across: a word that lies in several boxes is broken."""
    script = """const broken = [];
      for (const button of document.querySelectorAll('#table th button'))
        for (const { 0: word, index } of button.textContent.matchAll(/[^\\s\\u200b]+/g)) {
          const range = document.createRange();
          range.setStart(button.firstChild, index);
          range.setEnd(button.firstChild, index + word.length);
          if (new Set([...range.getClientRects()].map(({ top }) => top)).size > 1) broken.push(word);
        }
      return [broken, document.documentElement.scrollWidth <= innerWidth];"""
    assert ask_frame(tmp_path, width, script, printed=True) == [[], True]


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_a_small_laptop_shows_the_whole_table(tmp_path: Path) -> None:
    assert ask_frame(tmp_path, 1366, "return hidden('.wide:has(> #table)');") == 0


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_a_small_laptop_shows_plot_pattern_and_the_first_tasks_at_once(tmp_path: Path) -> None:
    """However much there is to be told of what is delivered and of fresh seeds."""
    script = """const foot = (name) => find(name).getBoundingClientRect().bottom;
      const seen = (name) => foot(name) <= Math.min(innerHeight, foot('#cards'));
      return [innerHeight, ['#plot', '.card img.pattern', '.card tbody tr:nth-child(2)'].map(seen),
        [...document.querySelectorAll('#more details')].map(({ open }) => open)];"""
    assert ask_frame(tmp_path, 1366, script, 680) == [680, [True] * 3, [False] * 3]


@pytest.mark.skipif(not BROWSER, reason=MISSING)
@pytest.mark.parametrize("width", [400, 640, 1366])
def test_two_cards_stand_side_by_side_at_any_width(width: int, tmp_path: Path) -> None:
    script = """find('.card button').click();
      look(0);
      const boxes = [...document.querySelectorAll('.card')].map((card) => card.getBoundingClientRect());
      return [boxes.length, boxes[0].y - boxes[1].y, boxes[1].x >= boxes[0].right,
        document.documentElement.scrollWidth <= innerWidth];"""
    assert ask_frame(tmp_path, width, script) == [2, 0, True, True]


@pytest.mark.skipif(not BROWSER, reason=MISSING)
@pytest.mark.parametrize(("width", "height"), [(1366, 680), (1920, 1080)])
def test_what_the_mouse_points_at_stays_under_it_while_comparing(width: int, height: int, tmp_path: Path) -> None:
    """From "compare" over another trial to the click on it; then plot and both cards' heads are seen."""
    script = """const point = find('#plot [data-trial="12"] .halo'), box = (each) => each.getBoundingClientRect();
      const at = {clientX: box(point).x + box(point).width / 2, clientY: box(point).y + box(point).height / 2};
      const send = (kind, type) => {
        const under = document.elementFromPoint(at.clientX, at.clientY);
        under.dispatchEvent(new kind(type, {...at, bubbles: true, pointerType: 'mouse'}));
      };
      const before = box(plot), heads = () => [...document.querySelectorAll('.card')].map((card) => card.textContent);
      find('.card button').click();
      const [asked, second] = heads();
      send(PointerEvent, 'pointermove');
      send(PointerEvent, 'click');
      const moved = ['x', 'y', 'width', 'height'].map((side) => box(plot)[side] - before[side]);
      const seen = ['#plot svg', '.card header', '.card:nth-child(2) header'].map((name) => box(find(name)).bottom);
      return [second, heads().map((text) => text.slice(0, 8)), pinned, moved, Math.max(...seen) <= innerHeight];"""
    empty, cards, pinned, moved, seen = ask_frame(tmp_path, width, script, height)
    assert empty.startswith("Point at another trial")
    assert cards[1] == "trial 12" != cards[0]
    assert (pinned, moved, seen) == (12, [0, 0, 0, 0], True)


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_the_ends_of_axes_stand_beyond_all_lines(tmp_path: Path) -> None:
    script = """const box = (each) => each.getBoundingClientRect();
      const lines = [...document.querySelectorAll('svg.axes line')].map(box);
      const top = Math.min(...lines.map(({ top }) => top)), foot = Math.max(...lines.map(({ bottom }) => bottom));
      const texts = [...document.querySelectorAll('svg.axes text')];
      return [lines.length, texts.map((text) => text.textContent),
        texts.map(box).every(({ top: high, bottom: low }) => low <= top + 4 || high >= foot - 4)];"""
    axes, texts, beyond = ask_frame(tmp_path, 1366, script)
    assert len(texts) == 3 * axes
    assert texts[:3] == ["segmentation.delta", "+1.5", "-7.4"]  # of trial 5 what fresh seeds have shown
    assert beyond


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_it_says_what_rows_of_a_card_are_what_is_confirmed_and_what_a_space_does_not_decide(tmp_path: Path) -> None:
    write_a_page(tmp_path / "front.html", dict.fromkeys(DELTAS, -7.4321), alike=True)
    address = (tmp_path / "front.html").as_uri()
    one, other = (open_page(f"{address}#trial-{n}", tmp_path / "browser") for n in (4, 5))
    assert one.errors == other.errors == ()
    assert "<p>Not decided in this space: in all its patterns the same tasks share the same stages.</p>" in one.page
    assert "<caption>On the validation split, one training</caption>" in one.page
    assert "one training; confirmed: delta, mean of fresh seeds on the test split, 95 %</caption>" in other.page
    assert other.page.count("<td>+1.5 \u00b1 0.5 %</td>") == len(DELTAS)


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_card_table_and_axes_tell_what_was_trained_to_the_end(tmp_path: Path) -> None:
    write_a_page(tmp_path / "front.html", dict.fromkeys(DELTAS, -7.4321), ended=True)
    opened = open_page((tmp_path / "front.html").as_uri() + "#trial-3", tmp_path / "browser")
    assert opened.errors == ()
    page = opened.page
    assert "<caption>On the validation split, trained to the end, 40 epochs</caption>" in page
    assert "<p>Its predictions are not drawn, for its weights are not kept.</p>" in page  # not for want of room
    assert "epoch 3</text>" in page  # the curve's, which has 8 in the search
    card, _, rest = page.partition('id="who"')
    assert card.count("+14.9 \u00b1") == len(DELTAS)
    assert "<td>0.071</td>" in card
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", page))
    assert (facts["depth.delta"], facts["depth.delta.final"], facts["epochs.final"]) == ("-7.4", "+14.9", "40")
    assert re.search(r">depth.delta</text><text[^>]*>\+14\.9<", rest)
    (row,) = re.findall(r'<tr data-trial="3".*?</tr>', rest)
    assert row.count(">+14.9<") == len(DELTAS)
    assert len(re.findall(r"Of each trial the best that is known is told: \w", page)) == 2


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_an_address_of_no_trial_is_told_and_numbers_have_no_more_digits_than_noise_allows(tmp_path: Path) -> None:
    write_a_page(tmp_path / "front.html", {**dict.fromkeys(DELTAS, -7.4321), "edges.f1": 0.123456})
    opened = open_page((tmp_path / "front.html").as_uri() + "#trial-99", tmp_path / "browser")
    assert opened.errors == ()
    assert "The search has no trial 99. It has trials 0 to 14." in opened.page
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>([^<]*)</dd>", opened.page))
    assert facts["depth.delta"] == "-7.4"  # +- 5.9
    assert re.fullmatch(r"\d\d\.\d\d", facts["normals.angle_deg"])  # +- 0.50
    assert facts["edges.f1"] == "0.1235"  # nothing is known of it
    assert re.fullmatch(r"\+\d\.\d", facts["delta_mtl.guess"]) and re.fullmatch(r"\d\.\d", facts["delta_mtl.sd"])
    assert facts["seconds"] == "13"
    assert re.fullmatch(r"[-+]?\d+\.\d", facts["delta_mtl [%]"])


@pytest.mark.skipif(not BROWSER, reason=MISSING)
def test_the_keyboard_goes_from_point_to_point_and_from_row_to_row(tmp_path: Path) -> None:
    """Keys as a person presses them, what has the focus after each, and which trials' cards are there."""
    write_a_page(tmp_path / "front.html")
    text = re.sub(r"<meta http-equiv=.Content-Security-Policy[^>]*>", "", (tmp_path / "front.html").read_text())
    press = """<script>addEventListener('load', () => setTimeout(() => {
      const told = [], at = () => document.activeElement.closest('[data-trial]')?.dataset.trial;
      const press = (key) => {
        document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true, cancelable: true}));
        told.push(`${key} ${at()}`);
      };
      const stops = () => document.querySelectorAll('[tabindex="0"]').length;
      document.querySelector('#plot .point[tabindex="0"]').focus();
      for (const key of ['Home', 'ArrowRight', 'ArrowUp', 'ArrowLeft', 'End', 'ArrowRight', 'Enter']) press(key);
      told.push(`pinned ${location.hash}`, `stops ${stops()}`);
      press('Escape');
      told.push(`unpinned ${location.hash}`);
      document.querySelector('tbody [tabindex="0"]').focus();
      for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) press(key);
      document.activeElement.click();
      told.push(`row ${location.hash} ${at()}`, `stops ${stops()}`);
      document.title = told.join('; ');
    }, 300));</script>"""
    (tmp_path / "pressed.html").write_text(text + press)
    opened = open_page((tmp_path / "pressed.html").as_uri(), tmp_path / "browser")
    assert opened.errors == ()
    found = re.search(r"<title>(.*?)</title>", opened.page)
    assert found
    points, _, rows = found[1].partition("; unpinned ")
    # Points follow each other by cost, the failed one among them; the last one is followed by the first.
    moved = "Home 0; ArrowRight 1; ArrowUp 14; ArrowLeft 1; End 13; ArrowRight 0; Enter 0"
    assert points == f"{moved}; pinned #trial-0; stops 2; Escape 0"
    down = re.fullmatch(r"; ArrowDown (\d+); ArrowDown (\d+); ArrowUp (\d+); row #trial-(\d+) (\d+); stops 2", rows)
    assert down
    assert down[1] == down[3] == down[4] == down[5] != down[2]
