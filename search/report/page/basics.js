"use strict";
const page = JSON.parse(document.getElementById("data").textContent);
let printing = false;
const { objectives, trials, pictures, singles, scatter, examples } = page;
const byNumber = new Map(trials.map((trial) => [trial.number, trial]));
const dark = window.matchMedia("(prefers-color-scheme: dark)");

// Texts from outside become text nodes and attributes only, never markup.
function add(parent, tag, text = "", attributes = {}) {
  const element = document.createElement(tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return parent.appendChild(element);
}

function draw(parent, tag, attributes = {}, text = "") {
  const element = document.createElementNS(document.querySelector("#plot svg").namespaceURI, tag);
  element.textContent = text;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return parent.appendChild(element);
}

function exact(value) {
  if (typeof value !== "number") return value ?? "";
  const digits = Number.isInteger(value) ? value : Number(value.toPrecision(6));
  return digits.toLocaleString("en-US", { maximumFractionDigits: 12 });
}

function brief(value, unit) {
  if (typeof value !== "number") return value ?? "";
  if (unit === "%") return signed(value, 1);
  for (const [size, prefix] of [[1e12, " T"], [1e9, " G"], [1e6, " M"], [1e3, " k"]])
    if (Math.abs(value) >= size && (size > 1e3 || value >= 1e4)) return (value / size).toPrecision(3) + prefix;
  return Number.isInteger(value) ? exact(value) : String(Number(value.toPrecision(4)));
}

const signed = (value, places) => {
  const text = value.toFixed(places);
  return Number(text) === 0 ? (0).toFixed(places) : value > 0 ? `+${text}` : text;
};

// The power of ten of a spread as it is told: 9.96 is told as 10.
const power = (spread) => Number(spread.toExponential(1).split("e")[1]);

// A number to the place of its spread's second digit: no more is known.
const places = (spread, unit) => Math.min(unit === "%" ? 1 : 6, Math.max(0, 1 - power(spread)));

// Digits before the point that its spread's second digit does not reach are no more known.
const known = (value, spread) => {
  const unit = power(spread) > 1 ? 10 ** (power(spread) - 1) : 0;
  return unit ? Math.round(value / unit) * unit : value;
};

function rounded(value, spread, unit = "") {
  if (typeof value !== "number") return "";
  if (!(spread > 0)) return brief(value, unit);
  const digits = known(value, spread);
  return unit === "%" ? signed(digits, places(spread, unit)) : digits.toFixed(places(spread, unit));
}

function noisy(value, spread, unit = "") {
  const number = rounded(value, spread, unit);
  return spread > 0 && number ? `${number} \u00b1 ${known(spread, spread).toFixed(places(spread, unit))}` : number;
}

// A column's value of a trial; its name ends in what it is of an objective, unless it is a measurement.
function tell(trial, name, value) {
  if (typeof value !== "number") return exact(value);
  const [, base, end] = name.match(/^(.*?)(?:\.(guess|sd|estimate|final|confirmed|low|high))?$/);
  const known = objectives.find((each) => each.name === base)?.unit;
  const unit = known ?? (/(^|\.)(delta|delta_mtl|worst_delta)$/.test(base) ? "%" : "");
  const [sd, low, high] = ["sd", "low", "high"].map((each) => trial.metrics[`${base}.${each}`]), half = (high - low) / 2;
  const spread = { guess: sd, sd, confirmed: half, low: half, high: half, final: trial.end?.spreads[base] }[end] ?? trial.spreads[base] ?? scatter[base];
  if (!(spread > 0) && Number.isInteger(value)) return exact(value);
  const text = rounded(value, spread, unit);
  return end === "sd" ? text.replace("+", "") : text;
}

const wall = (seconds) => (typeof seconds === "number" ? (seconds < 10 ? seconds.toFixed(1) : exact(Math.round(seconds))) : "");

// What a trial costs is known even of one that failed.
const wanted = (trial, name) => trial.objectives[name] ?? trial[name];

// A training to the end stands for its network, whose weights are of that end, in place of the trial in the search.
const grown = (trial) => trial.end ?? trial;

// The best that is known of a network, with its spread.
function believed(trial, name) {
  const { metrics, spreads } = grown(trial);
  return trial.confirmed[name] ?? trial.shown[name] ?? [metrics[name] ?? wanted(trial, name), spreads[name] ?? scatter[name]];
}

// What such numbers rest on; empty where all are of one training.
function bases() {
  const told = trials.flatMap((trial) => Object.values(trial.shown).map(([, , basis]) => basis.split(",")[0]));
  const found = [...new Set(told)].map((basis) => (basis.startsWith("best guess") ? `${basis}, of tasks one training` : basis));
  return found.length > 1 || trials.some(({ end }) => end) ? `Of each trial the best that is known is told: ${found.join("; ")}.` : "";
}

const numberOf = (element) => Number(element.dataset.trial);
const selected = () => document.querySelectorAll("[data-trial]");
