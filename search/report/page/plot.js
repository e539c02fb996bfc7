const plot = document.getElementById("plot");
const left = (point) => point.getBoundingClientRect().x;
const points = [...plot.querySelectorAll(".point")].sort((a, b) => left(a) - left(b));

// One tab stop for all points; the arrow keys move it.
function stop(point) {
  for (const each of points) each.setAttribute("tabindex", each === point ? "0" : "-1");
}

// Points are small and may lie close together, so the nearest one counts.
function nearest(event) {
  let best = null, least = event.pointerType === "touch" ? 28 : 18;
  for (const point of points) {
    const box = point.querySelector(".halo").getBoundingClientRect();
    const far = Math.hypot(event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2);
    if (far < least) [best, least] = [point, far];
  }
  return best;
}

plot.addEventListener("pointermove", (event) => {
  const point = event.pointerType === "touch" ? null : nearest(event);
  plot.style.cursor = point ? "pointer" : "";
  if (point) look(numberOf(point));
});
plot.addEventListener("click", (event) => {
  const point = nearest(event);
  if (!point) return;
  stop(point);
  pin(numberOf(point));
});
plot.addEventListener("focusin", (event) => {
  if (event.target.matches(".point:focus-visible")) look(numberOf(event.target));
});
plot.addEventListener("keydown", (event) => {
  const here = points.indexOf(event.target), last = points.length - 1;
  if (here < 0) return;
  const to = { ArrowRight: here + 1, ArrowUp: here + 1, ArrowLeft: here - 1, ArrowDown: here - 1, Home: 0, End: last }[event.key];
  if (event.key === "Enter" || event.key === " ") pin(numberOf(event.target));
  else if (to !== undefined) {
    const point = points[(to + points.length) % points.length];
    stop(point);
    point.focus();
  } else return;
  event.preventDefault();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  if (kept !== null) [kept, pinned] = [null, null];
  else if (pinned !== null) pinned = null;
  else return;
  address(null);
  refresh();
});
