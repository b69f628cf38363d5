// Says the values under the pointer; charts of one group share it. Pages are whole without it.
"use strict";
for (const chart of document.querySelectorAll(".chart[data-group]")) {
  const json = chart.querySelector('script[type="application/json"]');
  if (json) chart.values = JSON.parse(json.textContent);
}

function nearest(xs, x) {
  let low = 0, high = xs.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (xs[middle] <= x) low = middle; else high = middle;
  }
  return xs.length && Math.abs(xs[high] - x) < Math.abs(xs[low] - x) ? high : low;
}

function place(values, x) {
  return values.dates ? new Date(864e5 * x).toISOString().slice(0, 10) : `${x.toFixed(1)} s`;
}

function tell(chart, share) {
  const {values} = chart, cursor = chart.querySelector(".cursor"), told = chart.querySelector(".told");
  const x = values.from + share * (values.to - values.from);
  told.replaceChildren();
  values.lines.forEach((line, number) => {
    const at = nearest(line.x, x), y = line.y[at];
    if (number === 0 && line.x.length) told.append(place(values, line.x[at]));
    const row = document.createElement("div"), colour = document.createElement("i");
    row.className = line.colour;
    const half = line.half && line.half[at] != null ? ` ±${line.half[at].toFixed(0)}${values.unit}` : "";
    const value = y == null ? "not measured" : `${y.toFixed(0)}${values.unit}${half}`;
    row.append(colour, `${line.name} ${value}`);
    told.append(row);
  });
  cursor.hidden = told.hidden = false;
  cursor.style.left = `${100 * share}%`;
  const room = chart.querySelector(".plot").clientWidth;
  const left = share * room + 10;
  told.style.left = `${left + told.offsetWidth > room ? Math.max(0, share * room - 10 - told.offsetWidth) : left}px`;
}

function together(chart) {
  const {group} = chart.dataset;
  if (!group) return [chart];
  return [...document.querySelectorAll(".chart")].filter((each) => each.dataset.group === group && each.values);
}

for (const chart of document.querySelectorAll(".chart")) {
  const plot = chart.querySelector(".plot");
  if (!chart.values || !chart.values.lines.length || !plot) continue;
  const follow = (event) => {
    const box = plot.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    for (const each of together(chart)) tell(each, share);
  };
  plot.addEventListener("pointermove", follow);
  plot.addEventListener("pointerdown", follow);
  plot.addEventListener("pointerleave", () => {
    for (const each of together(chart)) {
      each.querySelector(".cursor").hidden = each.querySelector(".told").hidden = true;
    }
  });
}
