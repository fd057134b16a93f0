// Curves of the chosen runs, one figure for each metric.

import { read } from "./api.js";
import { duration, element, number, short, steps } from "./format.js";
import { chosen, listen } from "./store.js";

const height = 230;
const pause = 1500; // between two readings of a curve that grows, in milliseconds
const colors = 8;
const most = 100; // runs that the server takes at once
const usual = ["charts/episodic_return", "losses/loss"];
const storage = "agents-page-metrics";

const list = document.getElementById("charts");
const hint = document.getElementById("no-curves");
const joined = document.getElementById("joined");
const figures = [];

let metrics = [];

const axis = () => document.querySelector("input[name=axis]:checked").value;

const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const ids = () => [...chosen].slice(0, most).join(",");

class Figure {
  constructor(metric) {
    this.metric = metric;
    this.plot = null;
    this.curves = [];
    this.request = null;
    this.select = element("select", { "aria-label": "Metric" });
    this.remove = element("button", { type: "button", className: "quiet", "aria-label": "Remove this figure" }, "Remove");
    this.canvas = element("div", { className: "plot", role: "img" });
    this.summary = element("div", { className: "summary" });
    this.problems = element("p", { className: "problems" });
    this.node = element(
      "figure",
      { className: "figure" },
      element("div", { className: "bar" }, this.select, element("span", { className: "grow" }), this.remove),
      this.canvas,
      element("figcaption", {}, this.summary, this.problems)
    );
    this.select.addEventListener("change", () => {
      this.metric = this.select.value;
      save();
      this.load();
    });
    this.remove.addEventListener("click", () => {
      figures.splice(figures.indexOf(this), 1);
      this.request?.abort();
      this.sizes.disconnect();
      this.plot?.destroy();
      this.node.remove();
      save();
      document.getElementById("add-curve").focus();
    });
    this.sizes = new ResizeObserver(() => this.plot?.setSize({ width: this.canvas.clientWidth, height }));
    this.sizes.observe(this.canvas);
  }

  names() {
    const all = metrics.includes(this.metric) ? metrics : [this.metric, ...metrics];
    this.select.replaceChildren(...all.map((name) => element("option", { value: name, selected: name === this.metric }, name)));
  }

  async load() {
    this.request?.abort();
    this.request = new AbortController();
    try {
      const query = new URLSearchParams({ metric: this.metric, x: axis(), seeds: joined.checked ? "joined" : "each", runs: ids() });
      this.show(await read(`/api/curves?${query}`, this.request.signal));
    } catch (error) {
      if (error.name !== "AbortError") {
        this.problems.textContent = error.message;
      }
    }
  }

  show({ curves, problems }) {
    const hidden = chosen.size > most ? [`Only the first ${most} of ${chosen.size} chosen runs are drawn.`] : [];
    const lines = [...hidden, ...problems];
    this.problems.textContent = lines.slice(0, 4).join(" ") + (lines.length > 4 ? ` And ${lines.length - 4} more.` : "");
    const isSame =
      this.plot && curves.length === this.curves.length && curves.every((curve, i) => Boolean(curve.low) === Boolean(this.curves[i].low));
    this.curves = curves;
    if (isSame && this.drawn === axis()) {
      this.plot.setData(data(curves));
    } else {
      this.draw();
    }
    this.describe();
  }

  draw() {
    this.plot?.destroy();
    this.plot = null;
    this.drawn = axis();
    if (this.curves.length > 0) {
      this.plot = new uPlot(options(this.curves, this.canvas.clientWidth, () => this.point()), data(this.curves), this.canvas);
    }
    this.canvas.hidden = this.curves.length === 0;
  }

  describe() {
    const along = axis() === "time" ? "seconds of training" : "steps";
    const texts = this.curves.map((curve) => `${curve.label}: last ${number(curve.last)}, smallest ${number(curve.min)}, largest ${number(curve.max)}`);
    this.canvas.setAttribute("aria-label", `${this.metric} along ${along}. ${texts.join("; ")}.`);
    this.cells = [];
    const rows = this.curves.map((curve, i) => {
      const swatch = element("span", { className: "swatch", "aria-hidden": "true" });
      swatch.style.backgroundColor = color(`--curve-${(i % colors) + 1}`);
      const left = [
        curve.notNumbers > 0 ? `${steps(curve.notNumbers)} not a number` : "",
        curve.damagedRows > 0 ? `${steps(curve.damagedRows)} damaged rows` : "",
      ].filter(Boolean);
      const here = element("td", { className: "number here", "aria-hidden": "true" });
      this.cells.push(here);
      return element(
        "tr",
        {},
        element("th", { scope: "row" }, swatch, curve.label, left.length > 0 ? element("span", { className: "quiet" }, ` (left out: ${left.join(", ")})`) : ""),
        here,
        ...[curve.last, curve.min, curve.max].map((value) => element("td", { className: "number" }, number(value)))
      );
    });
    this.place = element("th", { scope: "col", className: "number here", "aria-hidden": "true" });
    const heads = ["Last", "Min", "Max"].map((head) => element("th", { scope: "col", className: "number" }, head));
    this.summary.replaceChildren(
      element(
        "table",
        {},
        element("caption", { className: "sr-only" }, `${this.metric}: last, smallest and largest number of each curve`),
        element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Curve"), this.place, ...heads)),
        element("tbody", {}, ...rows)
      )
    );
    this.summary.hidden = this.curves.length === 0;
  }

  // What lies under the pointer.
  point() {
    const at = this.plot?.cursor.left >= 0 ? this.plot.posToVal(this.plot.cursor.left, "x") : null;
    if (!this.place) {
      return;
    }
    this.place.textContent = at === null ? "" : `at ${axis() === "time" ? duration(at) : steps(at)}`;
    this.curves.forEach((curve, i) => {
      this.cells[i].textContent = at === null ? "" : number(nearest(curve, at));
    });
  }
}

function nearest({ x, y }, at) {
  let [low, high] = [0, x.length - 1];
  if (at < x[low] || at > x[high]) {
    return null;
  }
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    [low, high] = x[middle] <= at ? [middle, high] : [low, middle];
  }
  return at - x[low] <= x[high] - at ? y[low] : y[high];
}

const columns = (curve) => (curve.low ? [curve.x, curve.low, curve.high, curve.y] : [curve.x, curve.y]);

const data = (curves) => (curves.length === 1 ? columns(curves[0]) : uPlot.join(curves.map(columns)));

function options(curves, width, point) {
  const [text, line] = [color("--quiet"), color("--line")];
  const series = [{}];
  // Wide lines take the browser many times as long to paint, and of many curves thin ones are told apart more easily.
  const thickness = curves.length > colors ? 1 : 1.5;
  const bands = [];
  curves.forEach((curve, i) => {
    const stroke = color(`--curve-${(i % colors) + 1}`);
    if (curve.low) {
      const edge = { stroke: "transparent", width: 0, points: { show: false }, spanGaps: true };
      bands.push({ series: [series.length + 1, series.length], fill: `${stroke}2e` });
      series.push(edge, { ...edge });
    }
    series.push({ label: curve.label, stroke, width: thickness, spanGaps: true, points: { show: curve.x.length === 1, size: 6, fill: stroke } });
  });
  const look = { stroke: text, grid: { stroke: line, width: 1 }, ticks: { stroke: line, width: 1, size: 4 }, font: "11px system-ui, sans-serif" };
  return {
    width,
    height,
    legend: { show: false },
    cursor: { y: false, points: { show: false } },
    scales: { x: { time: false } },
    hooks: { setCursor: [point] },
    axes: [
      { ...look, values: (_, all) => all.map((value) => (axis() === "time" ? duration(value) : short(value))), space: 70 },
      { ...look, size: 56, values: (_, all) => all.map((value) => number(value)) },
    ],
    series,
    bands,
  };
}

function save() {
  sessionStorage.setItem(storage, JSON.stringify(figures.map((figure) => figure.metric)));
}

function add(metric) {
  const figure = new Figure(metric);
  figures.push(figure);
  list.append(figure.node);
  figure.names();
  figure.load();
  return figure;
}

async function reload() {
  hint.hidden = chosen.size > 0;
  list.hidden = chosen.size === 0;
  document.getElementById("add-curve").disabled = chosen.size === 0;
  if (chosen.size === 0) {
    return;
  }
  for (const figure of figures) {
    figure.load();
  }
  try {
    ({ metrics } = await read(`/api/metrics?runs=${ids()}`));
  } catch {
    metrics = []; // the curves themselves say what is wrong
  }
  if (figures.length === 0) {
    const before = JSON.parse(sessionStorage.getItem(storage) ?? "[]");
    const first = usual.find((name) => metrics.includes(name)) ?? metrics[0] ?? usual[0];
    for (const metric of before.length > 0 ? before : [first]) {
      add(metric);
    }
    return;
  }
  for (const figure of figures) {
    figure.names();
  }
}

let due = null;

// Curves that grow are read again, but not at every row.
function later() {
  due ??= setTimeout(() => {
    due = null;
    if (!document.hidden) {
      figures.forEach((figure) => figure.load());
    }
  }, pause);
}

/** Begins. */
export function start() {
  listen((what) => {
    if (what.choice || what.all) {
      reload();
    } else if (what.changed.some((run) => chosen.has(run.id)) || what.removed.length > 0) {
      if (figures.length === 0) {
        reload();
      } else {
        later();
      }
    }
  });
  joined.addEventListener("change", () => figures.forEach((figure) => figure.load()));
  for (const radio of document.querySelectorAll("input[name=axis]")) {
    radio.addEventListener("change", () => figures.forEach((figure) => figure.load()));
  }
  document.getElementById("add-curve").addEventListener("click", () => {
    const free = metrics.find((name) => !figures.some((figure) => figure.metric === name)) ?? metrics[0];
    if (free) {
      add(free).select.focus();
      save();
    }
  });
  document.addEventListener("visibilitychange", () => !document.hidden && figures.forEach((figure) => figure.load()));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
    figures.forEach((figure) => {
      figure.draw();
      figure.describe();
    })
  );
}

