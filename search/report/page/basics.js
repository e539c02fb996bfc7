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

// Number and spread to the place of the spread's second digit: no more is known.
function noisy(value, spread, unit = "") {
  if (typeof value !== "number") return "";
  if (!(spread > 0)) return brief(value, unit);
  let places = Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(spread))));
  if (unit === "%") places = Math.min(1, places);
  const number = unit === "%" ? signed(value, places) : value.toFixed(places);
  return `${number} \u00b1 ${spread.toFixed(places)}`;
}

// What a trial costs is known even of one that failed.
const wanted = (trial, name) => trial.objectives[name] ?? trial[name];
const numberOf = (element) => Number(element.dataset.trial);
const selected = () => document.querySelectorAll("[data-trial]");
