const cards = document.getElementById("cards"), board = document.getElementById("board");
let pinned = null, kept = null, shown = null, note = "";

function picture(trial) {
  let text = pictures.drawn[trial.key].map((line) => pictures.lines[line]).join("\n");
  if (dark.matches && !printing) {
    const [ink, faint] = page.inks;
    text = text.replaceAll("#ffffff", "#1e2329").replaceAll("#eef1f5", "#39414a").replaceAll(ink, "#e6e9ec")
      .replaceAll(faint, "#a3adb8");
  }
  return "data:image/svg+xml," + encodeURIComponent(text);
}

// However narrow the card, the drawing keeps two thirds of its size, or its words could not be read, and scrolls.
function pattern(card, trial) {
  const box = add(card, "div", "", { class: "wide" }), [first] = pictures.drawn[trial.key].map((line) => pictures.lines[line]);
  const image = add(box, "img", "", { src: picture(trial), class: "pattern", alt: `sharing pattern: ${trial.sharing}` });
  const [width, height] = ["width", "height"].map((side) => Number(new RegExp(` ${side}="([\\d.]+)"`).exec(first)[1]));
  [image.style.minWidth, image.style.minHeight] = [`${(2 * width) / 3}px`, `${(2 * height) / 3}px`];
  box.addEventListener("scroll", () => { // two that are compared show the same stages
    for (const other of cards.querySelectorAll(".wide:has(> .pattern)")) other.scrollLeft = box.scrollLeft;
  });
}

function headline(trial) {
  const words = objectives.map(({ name, label, unit }) => {
    const told = trial.shown[name];
    const value = told ? noisy(told[0], told[1], unit) : brief(wanted(trial, name), unit);
    return value === "" ? "" : `${name} ${value}${unit === "%" ? " %" : ""}`;
  });
  if (objectives.every(({ name }) => name !== "macs")) words.push(`macs ${brief(trial.macs)}`);
  const share = page.separate ? `, ${Math.round((100 * trial.macs) / page.separate)} % of ${singles.length} separate networks` : "";
  return words.filter(Boolean).join(", ") + share;
}

function tasks(card, trial) {
  const { metrics, spreads } = grown(trial);
  const known = singles.filter(({ task, metric }) => typeof metrics[`${task}.${metric}`] === "number");
  if (!known.length) return;
  const table = add(add(card, "div", "", { class: "wide" }), "table"), fresh = Object.keys(trial.confirmed).length;
  const source = trial.end ? `trained to the end, ${trial.end.epochs} epochs` : "one training";
  add(table, "caption", `On the validation split, ${source}${fresh ? "; confirmed: delta, mean of fresh seeds on the test split, 95 %" : ""}`);
  const top = add(add(table, "thead"), "tr"), more = fresh ? [["confirmed", ""]] : [];
  for (const [name, kind] of [["task, metric", "words"], ["this", ""], ["single-task \u00b1 sd", ""], ["delta", ""], ...more])
    add(top, "th", name, { class: kind, scope: "col" });
  const rows = add(table, "tbody");
  for (const { task, metric, unit, higher, mean, sd } of known) {
    const row = add(rows, "tr"), value = metrics[`${task}.${metric}`];
    const what = add(row, "td", `${task} `, { class: "words" });
    add(what, "small", `${metric}${unit ? ` [${unit}]` : ""} ${higher ? "\u2191" : "\u2193"}`, {
      title: higher ? "up is better" : "down is better" });
    add(row, "td", rounded(value, sd));
    add(row, "td", noisy(mean, sd));
    const delta = metrics[`${task}.delta`];
    add(row, "td", typeof delta === "number" ? noisy(delta, spreads[`${task}.delta`], "%") + " %" : "", {
      title: "\u00b1 as one training scatters, and the mean of single-task networks that it is measured from" });
    const [again, half] = trial.confirmed[`${task}.delta`] ?? [];
    if (fresh) add(row, "td", again === undefined ? "" : noisy(again, half, "%") + " %");
  }
}

function curve(parent, { task, metric, mean, sd, higher }, values) {
  const [width, height, left] = [150, 62, 34], figure = add(parent, "figure");
  const svg = draw(figure, "svg", { class: "curve", width, height, viewBox: `0 0 ${width} ${height}`, role: "img" });
  const numbers = [...values.map(([, value]) => value), mean], low = Math.min(...numbers), high = Math.max(...numbers);
  const last = values.at(-1)[0], x = (epoch) => left + ((width - left - 4) * (epoch - 1)) / Math.max(1, last - 1);
  const y = (value) => 6 + (height - 22) * (1 - (value - low) / (high - low || 1));
  svg.setAttribute("aria-label", `${task} ${metric} by epoch, to ${rounded(values.at(-1)[1], sd)}; single-task ${rounded(mean, sd)}`);
  draw(svg, "line", { x1: left, x2: width - 4, y1: y(mean), y2: y(mean) });
  draw(svg, "path", { d: "M" + values.map(([epoch, value]) => `${x(epoch).toFixed(1)} ${y(value).toFixed(1)}`).join("L") });
  for (const value of [low, high]) draw(svg, "text", { x: left - 3, y: y(value) + 4, "text-anchor": "end" }, String(Number(value.toPrecision(2))));
  draw(svg, "text", { x: left, y: height - 3 }, "1");
  draw(svg, "text", { x: width - 4, y: height - 3, "text-anchor": "end" }, `epoch ${last}`);
  add(figure, "figcaption", `${task} ${metric} ${higher ? "\u2191" : "\u2193"}`);
}

// Why a network's predictions are not drawn.
function excuse(trial) {
  if (trial.status !== "front" && !trial.end) return "Predictions are drawn of the front's networks alone.";
  if (!trial.weights) return "Its predictions are not drawn, for its weights are not kept.";
  return examples.full ? "Predictions of more networks find no room in one page." : "Its predictions could not be drawn.";
}

function sheet(card, trial) {
  const source = examples.pictures[trial.number];
  if (!source) {
    if (examples.columns.length) add(card, "p", excuse(trial));
    return;
  }
  const seen = add(card, "div", "", { class: "seen" }), heads = add(seen, "div", "", { class: "heads" });
  heads.style.gridTemplateColumns = `repeat(${examples.columns.length}, minmax(0, 1fr))`;
  const parts = examples.columns.map((name) => name.match(/^(?:(.*), )?(.*)$/).slice(1));
  const tops = parts.map(([task]) => task).filter((task, at, all) => !at || task !== all[at - 1]);
  for (const task of tops)
    add(heads, "b", task ?? "").style.gridColumn = `span ${parts.filter(([other]) => other === task).length}`;
  for (const [, kind] of parts) add(heads, "span", kind);
  add(seen, "img", "", { src: source, class: "sheet", alt: `predictions of trial ${trial.number} beside labels on validation images` });
  for (const [task, key] of Object.entries(examples.keys)) {
    const line = add(card, "div", `${task}:`, { class: "key" });
    for (const [name, colour] of key.classes ?? []) {
      const each = add(line, "span"); // a name stays beside its colour
      add(each, "i").style.background = colour;
      each.append(name);
      line.append(" ");
    }
    if (key.words) line.append(` ${key.words}`);
    if (key.unit !== undefined) {
      line.append(` ${key.low}`);
      add(line, "i", "", { class: "scale" });
      line.append(` ${key.high} ${key.unit}`);
    }
  }
}

function facts(card, trial) {
  const more = add(card, "details");
  add(more, "summary", trial.end ? "All numbers; .final: trained to the end, the others of its trial in the search" : "All numbers");
  const list = add(more, "dl");
  const fact = (name, value, kind = "") => {
    if ((value ?? "") === "") return;
    const line = add(list, "div", "", { class: kind });
    add(line, "dt", name);
    add(line, "dd", value);
  };
  for (const { name, label } of objectives) fact(label, tell(trial, name, wanted(trial, name)));
  const costs = { macs: trial.macs, "FLOPs (2 x MACs)": trial.flops, params: trial.params };
  for (const [name, value] of Object.entries({ ...costs, ...trial.metrics }))
    if (!objectives.some((objective) => objective.name === name)) fact(name, tell(trial, name, value));
  for (const [name, value] of Object.entries(trial.end?.metrics ?? {})) fact(`${name}.final`, tell(trial, `${name}.final`, value));
  fact("epochs.final", exact(trial.end?.epochs));
  fact("seconds", wall(trial.seconds));
  fact("epochs", exact(trial.epochs));
  fact("hypervolume after it", brief(trial.hypervolume));
  fact("key", trial.key);
  fact("what is shared, from the encoder to the heads", trial.sharing, "long");
  if (trial.weights) fact("weights, in the run folder", trial.weights, "long");
  if (trial.weights && page.export) fact("export it", `${page.export} ${trial.number}`, "long");
}

function card(number) {
  const trial = byNumber.get(number);
  const element = add(cards, "section", "", { class: "card", id: `card-${number}`, "aria-label": `trial ${number}` });
  element.classList.toggle("pinned", number === pinned || number === kept);
  const top = add(element, "header"), mark = trial.mark && `: ${trial.mark}`;
  add(top, "h2", `trial ${number}, ${trial.status}${mark}`);
  const compare = kept === number ? "stop comparing" : "compare with the next";
  const button = add(top, "button", compare, { type: "button", "aria-pressed": kept === number });
  button.addEventListener("click", () => {
    kept = kept === number ? null : number;
    pinned = kept === null ? number : null;
    refresh();
  });
  add(element, "p", headline(trial), { class: "numbers" });
  const basis = Object.values(trial.shown)[0];
  if (basis && basis[1] > 0) add(element, "p", basis[2]);
  if (trial.reason) add(element, "p", trial.reason);
  pattern(element, trial);
  tasks(element, trial);
  const { curves } = grown(trial), lines = singles.filter(({ task, metric }) => (curves[`${task}.${metric}`] ?? []).length > 1);
  if (lines.length) {
    const row = add(element, "div", "", { class: "curves" });
    for (const each of lines) curve(row, each, curves[`${each.task}.${each.metric}`]);
  }
  sheet(element, trial);
  if (trial.weights && page.export) {
    const line = add(element, "p", "weights ");
    add(line, "code", trial.weights);
    line.append(", exported by ");
    add(line, "code", `${page.export} ${number}`);
  }
  facts(element, trial);
}

// The place of the second card, until there is one.
function invite() {
  const element = add(cards, "section", "", { class: "card empty", "aria-label": "the other trial" });
  add(element, "p", "Point at another trial, tap it or reach it with the arrow keys: its card comes here. A click, a tap or Enter keeps it.");
}

function refresh() {
  const held = document.activeElement.closest(".card button, .card summary");
  const again = held && `#${held.closest(".card").id} ${held.localName}`;
  cards.replaceChildren();
  if (note) add(cards, "p", note);
  const numbers = [...new Set([kept, shown].filter((number) => byNumber.has(number)))];
  board.classList.toggle("two", kept !== null); // from when it is asked for, so that nothing moves on the way to another
  numbers.forEach(card);
  if (kept !== null && numbers.length === 1) invite();
  for (const element of selected()) element.classList.toggle("shown", numbers.includes(numberOf(element)));
  if (numbers.length > 1) cards.scrollLeft = cards.scrollWidth; // the second, where there is no room for both
  if (again) cards.querySelector(again)?.focus({ preventScroll: true }); // that was drawn anew
}

function show(number) {
  if (shown === number && cards.childElementCount) return;
  [shown, note] = [number, ""];
  refresh();
}

function address(number) {
  try { // not where a page is shown inside another one
    history.replaceState(null, "", number === null ? location.pathname + location.search : `#trial-${number}`);
  } catch { /* the address then stays */ }
}

// Cards lie below the plot where there is no room beside it.
function uncover() {
  if (window.matchMedia("(max-width: 900px)").matches) cards.scrollIntoView();
}

function pin(number) {
  pinned = pinned === number ? null : number;
  [shown, note] = [number, ""];
  address(pinned);
  refresh();
  if (pinned !== null) uncover();
}

function look(number) {
  if (pinned === null) show(number);
}
