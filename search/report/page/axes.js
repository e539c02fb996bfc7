// Parallel coordinates: one axis a task's delta, the main objective and costs; a stretch of an axis can be brushed.
const brushes = new Map();

function listAxes() {
  const deltas = singles.map(({ task }) => [`${task}.delta`, "%", (trial) => believed(trial, `${task}.delta`)[0]]);
  const main = objectives.map(({ name, unit }) => [name, unit, (trial) => believed(trial, name)[0]]);
  const costs = ["macs", "params"].filter((name) => main.every(([each]) => each !== name)).map((name) => [name, "", (trial) => trial[name]]);
  return [...deltas, ...main.filter(([name]) => deltas.every(([each]) => each !== name)), ...costs];
}

function brushed(trial) {
  return [...brushes.values()].every(({ value, low, high }) => value(trial) >= low && value(trial) <= high);
}

function sift() {
  for (const element of selected()) element.classList.toggle("out", brushes.size > 0 && !brushed(byNumber.get(numberOf(element))));
}

function drawAxes(section) {
  const axes = listAxes(), sound = trials.filter((trial) => axes.every(([, , value]) => Number.isFinite(value(trial))));
  if (sound.length < 2 || axes.length < 2) {
    section.hidden = true;
    return;
  }
  const count = add(section, "p"), [width, height, top, foot, side] = [1000, 300, 38, 274, 70];
  const say = () => {
    const left = sound.filter(brushed).length;
    count.textContent = `A line is a trial, blue on the front. ${bases()} ` + "Drag along an axis to keep those that cross it there; a click on the axis " +
      `lets go. From the keyboard: type a range below. ${brushes.size ? `${left} of ${sound.length} trials are kept.` : ""}`;
  };
  const svg = draw(add(section, "div", "", { class: "wide" }), "svg", { class: "axes", viewBox: `0 0 ${width} ${height}`, role: "img",
    "aria-label": "trials across task deltas, objectives and costs; the table below has the same numbers" });
  const x = (index) => side + (index * (width - 2 * side)) / (axes.length - 1);
  const scales = axes.map(([, , value]) => {
    const values = sound.map(value), low = Math.min(...values), high = Math.max(...values), span = high - low || 1;
    return { y: (v) => foot - ((foot - top) * (v - low)) / span, v: (y) => low + (span * (foot - y)) / (foot - top), low, high };
  });
  for (const trial of [...sound].sort((a, b) => (a.status === "front") - (b.status === "front"))) {
    const d = "M" + axes.map(([, , value], index) => `${x(index).toFixed(1)} ${scales[index].y(value(trial)).toFixed(1)}`).join("L");
    const line = draw(svg, "path", { d, class: trial.status, "data-trial": trial.number });
    draw(line, "title", {}, `trial ${trial.number}`);
    line.addEventListener("click", () => pin(trial.number));
    line.addEventListener("pointerenter", () => look(trial.number));
  }
  const ranges = add(section, "details", "", { class: "hint" }), fields = [];
  add(ranges, "summary", "Ranges by number");
  const set = (index, low, high) => {
    const [name, , value] = axes[index], brush = svg.querySelector(`[data-axis="${index}"]`);
    if (low === null) brushes.delete(name);
    else brushes.set(name, { value, low, high });
    // What is typed may lie beyond the axis, or end before it begins.
    const { y, low: least, high: most } = scales[index], [from, to] = [low, high].map((v) => y(Math.min(most, Math.max(least, v))));
    brush.setAttribute("height", low === null ? 0 : Math.max(0, from - to));
    brush.setAttribute("y", low === null ? 0 : to);
    [fields[index][0].value, fields[index][1].value] = low === null ? ["", ""] : [low, high].map((v) => Number(v.toPrecision(4)));
    say();
    sift();
  };
  axes.forEach(([name, unit, value], index) => {
    const { low, high } = scales[index];
    draw(svg, "line", { x1: x(index), x2: x(index), y1: top, y2: foot });
    draw(svg, "text", { x: x(index), y: 14, "text-anchor": "middle" }, name);
    for (const [end, y] of [[high, top - 7], [low, foot + 16]]) { // beyond every line, so that none strikes them out
      const [, spread] = believed(sound.find((trial) => value(trial) === end), name);
      draw(svg, "text", { x: x(index), y, "text-anchor": "middle" }, rounded(end, spread, unit));
    }
    draw(svg, "rect", { x: x(index) - 9, width: 18, y: 0, height: 0, class: "brush", "data-axis": index });
    const reach = draw(svg, "rect", { x: x(index) - 14, width: 28, y: top - 8, height: foot - top + 16, class: "reach" });
    const at = (event) => {
      const box = svg.getBoundingClientRect(), y = ((event.clientY - box.y) * height) / box.height;
      return scales[index].v(Math.min(foot, Math.max(top, y)));
    };
    let from = null;
    reach.addEventListener("pointerdown", (event) => {
      from = at(event);
      reach.setPointerCapture(event.pointerId);
      set(index, null);
    });
    reach.addEventListener("pointermove", (event) => {
      if (from === null || Math.abs(scales[index].y(at(event)) - scales[index].y(from)) < 4) return;
      set(index, Math.min(from, at(event)), Math.max(from, at(event)));
    });
    reach.addEventListener("pointerup", () => { from = null; });
    const line = add(ranges, "div", `${name} from `);
    const field = (what) => add(line, "input", "", { type: "number", step: "any", "aria-label": `${what} ${name}` });
    fields[index] = [field("least")];
    line.append(" to ");
    fields[index].push(field("most"));
    for (const each of fields[index]) each.addEventListener("change", () => {
      const [least, most] = fields[index].map(({ value }) => value);
      if (least === "" && most === "") set(index, null);
      else set(index, least === "" ? low : Number(least), most === "" ? high : Number(most));
    });
  });
  say();
}
