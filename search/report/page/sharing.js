function effects(section) {
  const { effects: found, told } = page, unit = objectives.find(({ name }) => name === told)?.unit ?? "";
  if (!found.length) {
    add(section, "p", "Not known yet: it takes eight complete trials that share stages differently, or a supernet.");
    return;
  }
  const pairs = [...new Set(found.map(({ pair }) => pair.join(" + ")))], stages = [...new Set(found.map(({ stage }) => stage))];
  const { trials: many } = found[0], most = Math.max(...found.map(({ value }) => Math.abs(value)), 1e-9);
  const source = page.estimated ? `the supernet's estimates of ${many} patterns (trials tell nothing of it yet; estimates of ` +
    "patterns that share much are too low: read what costs more than what, not whether sharing pays)" : `${many} trials`;
  add(section, "p", `Estimated change of ${told}${unit ? ` [${unit}]` : ""} where two tasks share a stage, \u00b1 standard deviation, from ` +
    `${source}; bold where it is more than two of these from 0. ${page.estimated ? "Patterns" : "Trials"} that share it stand in parentheses.`);
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
      const good = each.value > 0 === down(told), sure = Math.abs(each.value) > 2 * each.sd;
      cell.style.background = `rgba(var(--${good ? "good" : "bad"}), ${((sure ? 0.45 : 0.25) * Math.abs(each.value)) / most})`;
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
