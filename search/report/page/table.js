const head = document.querySelector("#table thead"), body = document.querySelector("#table tbody");
const down = (name) => objectives.find((each) => each.name === name)?.better === "maximise";
const columns = [
  ["trial", (trial) => trial.number],
  ["status", (trial) => trial.status, "words"],
  ["mark", (trial) => trial.mark, "words"],
  ...objectives.map(({ name, label, unit }) => [
    label, (trial) => believed(trial, name)[0], "", unit, down(name),
    (trial) => (trial.shown[name] ? noisy(trial.shown[name][0], trial.shown[name][1], unit) : brief(wanted(trial, name), unit)),
  ]),
  ...["macs", "params"].filter((cost) => objectives.every(({ name }) => name !== cost))
    .map((cost) => [cost, (trial) => trial[cost]]),
  ...singles.filter(() => singles.length > 1).map(({ task }) => [
    `${task}.delta [%]`, (trial) => believed(trial, `${task}.delta`)[0], "", "%", true,
    (trial) => rounded(...believed(trial, `${task}.delta`), "%")]),
  ["seconds", (trial) => trial.seconds, "", "", undefined, (trial) => wall(trial.seconds)],
  ["hypervolume", (trial) => trial.hypervolume],
  ["sharing, or why it failed", (trial) => trial.reason || trial.sharing, "words wraps"],
].filter(([name, value]) => name !== "mark" || trials.some(value));

function sort(column) {
  const [, value, , , best] = columns[column], cells = head.rows[0].cells, before = cells[column].getAttribute("aria-sort");
  const falling = before ? before === "ascending" : Boolean(best); // best first, then the other way
  for (const cell of cells) cell.removeAttribute("aria-sort");
  cells[column].setAttribute("aria-sort", falling ? "descending" : "ascending");
  const missing = (item) => (item ?? "") === "";
  const order = (a, b) => {
    const [x, y] = [value(byNumber.get(numberOf(a))), value(byNumber.get(numberOf(b)))];
    if (missing(x) || missing(y)) return missing(x) - missing(y); // last, whichever way
    return (x < y ? -1 : x > y ? 1 : 0) * (falling ? -1 : 1);
  };
  body.append(...[...body.rows].sort(order));
  rove(body.rows[0]);
}

// One tab stop in the table's body, too.
function rove(row) {
  for (const each of body.rows) each.querySelector("button").tabIndex = each === row ? 0 : -1;
}

function fill() {
  head.parentElement.caption.append(` ${bases()}`);
  const titles = add(head, "tr");
  columns.forEach(([name, , kind = ""], column) => {
    // Long names may break behind a dot, or a wide table hides its last column.
    const button = add(add(titles, "th", "", { class: kind, scope: "col" }), "button", name.replaceAll(".", ".\u200b"), { type: "button" });
    button.addEventListener("click", () => sort(column));
  });
  for (const trial of trials) {
    const row = add(body, "tr", "", { "data-trial": trial.number, class: trial.status });
    for (const [name, value, kind = "", unit, , text] of columns) {
      const words = text ? text(trial) : brief(value(trial), unit);
      const cell = add(row, "td", kind.includes("wraps") || name === "trial" ? "" : words, { class: kind });
      if (name === "trial") add(cell, "button", String(trial.number), { type: "button" });
      else if (kind.includes("wraps")) add(cell, "span", words);
    }
  }
  if (trials.length) sort(columns.findIndex(([, , , , best]) => best !== undefined));
}

body.addEventListener("click", (event) => {
  if (String(window.getSelection())) return; // numbers are being copied
  const row = event.target.closest("tr");
  rove(row);
  pin(numberOf(row));
  cards.scrollIntoView({ block: "nearest" });
});
body.addEventListener("keydown", (event) => {
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  const row = step && event.target.closest("tr")?.[step];
  if (!row) return;
  rove(row);
  row.querySelector("button").focus();
  event.preventDefault();
});
