function follow() {
  const number = Number(/^#trial-(\d+)$/.exec(location.hash)?.[1] ?? NaN), there = byNumber.has(number);
  const ends = trials.length ? ` It has trials ${trials[0].number} to ${trials.at(-1).number}.` : "";
  note = there || Number.isNaN(number) ? "" : `The search has no trial ${number}.${ends}`;
  if (there) pinned = shown = number;
  shown ??= byNumber.has(page.first) ? page.first : null;
  refresh();
  if (there) uncover();
}

fill();
effects(document.getElementById("who"));
importances(document.getElementById("who"));
drawAxes(document.getElementById("across"));
if (points.length) stop(points.find((point) => numberOf(point) === page.first) ?? points[0]);
follow();
window.addEventListener("hashchange", follow);
dark.addEventListener("change", refresh);
window.addEventListener("beforeprint", () => {
  printing = true;
  refresh(); // before, for it draws cards with what is closed
  for (const each of document.querySelectorAll("details")) each.open = true;
});
window.addEventListener("afterprint", () => { printing = false; refresh(); });
// By script: inside another page, as MLflow shows it, links within this one lead nowhere.
document.querySelector('a[href="#table"]').addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("table").scrollIntoView();
});
if (page.running) setTimeout(() => location.reload(), 60000);
