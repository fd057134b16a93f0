// Details of a run and the comparison of chosen ones, in a dialog.

import { file, read } from "./api.js";
import { control } from "./control.js";
import { element, grid, number } from "./format.js";
import { chosen, listen, runs } from "./store.js";
import { study } from "./study.js";

const dialog = document.getElementById("details");
const heading = document.getElementById("details-heading");
const body = document.getElementById("details-body");
const compare = document.getElementById("compare");

let pictures = []; // addresses to give back
let opened = null; // id of the run whose details are shown
let trials = null; // where a study's are shown

const section = (name, ...content) => (content.every((one) => one === null) ? [] : [element("h3", {}, name), ...content]);

let turn = 0; // what is asked for last is shown, however late an earlier answer comes

async function show(title, make) {
  const own = ++turn;
  heading.textContent = title;
  body.replaceChildren(element("p", { className: "quiet" }, "Reading …"));
  if (!dialog.open) {
    dialog.showModal();
  }
  let content;
  try {
    content = (await make()).filter((one) => one !== null);
  } catch (error) {
    content = [element("p", { className: "bad" }, error.message)];
  }
  if (own === turn) {
    body.replaceChildren(...content);
  }
}

/** Shows a run. */
export function open(id) {
  const run = runs.get(id);
  return show(run.name, async () => {
    const { reason, settings, summary, log, films, problems, others } = await read(`/api/runs/${id}`);
    opened = id;
    trials = run.kind === "study" ? element("div", {}, ...study(await read(`/api/runs/${id}/study`))) : null;
    const notes = [...new Set([reason, ...problems].filter(Boolean))];
    return [
      element("p", {}, `State: ${run.state}.`),
      control(run, others),
      ...notes.map((text) => element("p", { className: run.state === "damaged" ? "bad" : "quiet" }, text)),
      ...section("Trials", trials),
      ...section("Films and pictures", films.length > 0 ? filmList(id, films) : null),
      ...section("Result", summary.length > 0 ? grid("Result", ["Key", "Value"], summary) : null),
      ...section("Settings", settings.length > 0 ? grid("Settings", ["Setting", "Value"], settings) : null),
      ...section("Last lines of its process", log ? element("pre", { tabIndex: 0, "aria-label": "Last lines of its process" }, log) : null),
    ];
  });
}

// Films can be large, so each is read when it comes into view.
function whenSeen(node, then) {
  new IntersectionObserver((entries, observer) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      observer.disconnect();
      then();
    }
  }).observe(node);
}

function filmList(id, films) {
  return element(
    "div",
    { className: "films" },
    ...films.map((name, i) => {
      const shown = element(name.endsWith(".mp4") ? "video" : "img", name.endsWith(".mp4") ? { controls: true } : { alt: `Recording ${name}` });
      whenSeen(shown, () =>
        file(`/api/runs/${id}/films/${i}?name=${encodeURIComponent(name)}`).then(
          (address) => {
            pictures.push(address);
            shown.src = address;
          },
          () => {
            shown.alt = `${name} cannot be shown`;
          }
        )
      );
      return element("figure", {}, shown, element("figcaption", { className: "quiet" }, name));
    })
  );
}

const interval = ({ value, low, high }) => (low === null || high === null ? `${number(value)} [–]` : `${number(value)} [${number(low)}, ${number(high)}]`);

// A run that is stopped or continued while it is looked at is shown anew; of a study that goes on, its trials.
async function follow({ changed, before }) {
  const run = changed?.find((one) => one.id === opened);
  if (!run) {
    return;
  }
  if (before.get(run.id)?.state !== run.state) {
    await open(run.id);
  } else if (run.kind === "study") {
    try {
      trials.replaceChildren(...study(await read(`/api/runs/${run.id}/study`)));
    } catch {
      // What follows is read anew.
    }
  }
}

function openComparison() {
  opened = null;
  return show("Comparison of chosen runs", async () => {
    const { labels, differences, comparison, problem } = await read(`/api/comparison?runs=${[...chosen].slice(0, 100).join(",")}`);
    return [
      ...section("Settings that differ", differences.length > 0 ? grid("Settings that differ", ["Setting", ...labels], differences) : element("p", { className: "quiet" }, "None but the seed, and what does not change a run's numbers.")),
      ...section("Scores with 95 % intervals", ...(comparison ? scores(comparison) : []), problem ? element("p", { className: "quiet" }, problem) : ""),
    ];
  });
}

function scores({ algorithms, pairs, notes, left_out }) {
  return [
    grid(
      "Scores with 95 % intervals",
      ["Algorithm", "Runs", "Mean", "Interquartile mean", "Median"],
      algorithms.map((one) => [one.label, String(one.runs), interval(one.mean), interval(one.iqm), interval(one.median)])
    ),
    pairs.length === 0
      ? null
      : grid(
          "Every other algorithm against the first",
          ["Against the first", "Difference of means", "Probability of improvement"],
          pairs.map((pair) => [pair.algorithm, interval(pair.difference_of_means), interval(pair.probability_of_improvement)])
        ),
    left_out.length === 0 ? null : element("p", { className: "quiet" }, `Left out: ${left_out.map((run) => `${run.run} (${run.reason})`).join("; ")}.`),
    ...notes.map((note) => element("p", { className: "quiet" }, note)),
  ].filter((one) => one !== null);
}

/** Begins. */
export function start() {
  document.getElementById("details-close").addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    opened = null;
    pictures.forEach((address) => URL.revokeObjectURL(address));
    pictures = [];
  });
  compare.addEventListener("click", openComparison);
  listen(follow);
  listen(() => {
    compare.hidden = chosen.size < 2;
  });
}
