function follow() {
  const number = Number(/^#trial-(\d+)$/.exec(location.hash)?.[1] ?? NaN);
  if (!byNumber.has(number)) return false;
  pinned = shown = number;
  refresh();
  if (window.matchMedia("(max-width: 900px)").matches) cards.scrollIntoView();
  return true;
}

fill();
effects(document.getElementById("who"));
importances(document.getElementById("who"));
drawAxes(document.getElementById("across"));
if (points.length) stop(points.find((point) => numberOf(point) === page.first) ?? points[0]);
if (!follow() && byNumber.has(page.first)) show(page.first);
window.addEventListener("hashchange", follow);
dark.addEventListener("change", refresh);
window.addEventListener("beforeprint", () => {
  printing = true;
  for (const each of document.querySelectorAll("details")) each.open = true;
  refresh();
});
window.addEventListener("afterprint", () => { printing = false; refresh(); });
// By script: inside another page, as MLflow shows it, links within this one lead nowhere.
document.querySelector('a[href="#table"]').addEventListener("click", (event) => {
  event.preventDefault();
  document.getElementById("table").scrollIntoView();
});
if (page.running) setTimeout(() => location.reload(), 60000);
