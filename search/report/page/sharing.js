function effects(section) {
  const { effects: found, told } = page, unit = objectives.find(({ name }) => name === told)?.unit ?? "";
  if (!found.length) {
    add(section, "p", page.alike ? "Not decided in this space: in all its patterns the same tasks share the same stages." :
      "Not known yet: it takes eight complete trials that share stages differently, or a supernet.");
    return;
  }
  const pairs = [...new Set(found.map(({ pair }) => pair.join(" + ")))], stages = [...new Set(found.map(({ stage }) => stage))];
  const { trials: many } = found[0], far = ({ value, sd }) => Math.abs(value) / sd;
  const most = Math.max(...found.filter((each) => far(each) > 1).map(({ value }) => Math.abs(value)));
  const source = page.estimated ? `the supernet's estimates of ${many} patterns (trials tell nothing of it yet; estimates of ` +
    "patterns that share much are too low: read what costs more than what, not whether sharing pays)" : `${many} trials`;
  add(section, "p", `Estimated change of ${told}${unit ? ` [${unit}]` : ""} where two tasks share a stage, \u00b1 standard deviation, from ` +
    `${source}; shaded where it is more than one of these from 0, bold where more than two. ${page.estimated ? "Patterns" : "Trials"} ` +
    `that share it stand in parentheses.${found.some(({ twins }) => twins > 1) ? " Cells that none of them tells apart have equal parts of one effect." : ""}`);
  const table = add(add(section, "div", "", { class: "wide" }), "table", "", { class: "effects" });
  const top = add(add(table, "thead"), "tr"), rows = add(table, "tbody");
  add(top, "th", "", { scope: "col" });
  for (const stage of stages) add(top, "th", stage, { scope: "col" });
  for (const pair of pairs) {
    const row = add(rows, "tr");
    add(row, "th", pair, { scope: "row", class: "words" });
    for (const stage of stages) {
      const each = found.find((one) => one.stage === stage && one.pair.join(" + ") === pair);
      const cell = add(row, "td", each ? `${noisy(each.value, each.sd, unit)} (${each.sharing})` : "all alike");
      if (!each) continue;
      const good = each.value > 0 === down(told), sure = far(each) > 2;
      if (far(each) > 1) cell.style.background = `rgba(var(--${good ? "good" : "bad"}), ${((sure ? 0.45 : 0.25) * Math.abs(each.value)) / most})`;
      if (sure) cell.style.fontWeight = "700";
    }
  }
}

function importances(section) {
  const found = Object.entries(page.importances);
  if (!found.length) return;
  add(section, "p", `How much each decision matters to ${page.told}, by PED-ANOVA: by how far its choices among the best ` +
    "tenth of trials differ from those among all. Shares of 100 %.");
  const bars = add(section, "div", "", { class: "bars" });
  for (const [name, share] of found) {
    add(bars, "span", name);
    add(bars, "i").style.width = `${Math.max(0.5, 100 * share)}%`;
    add(bars, "span", `${Math.round(100 * share)} %`);
  }
}
