// The table of runs: filters, order, keys.

import { ago, element, number, short, steps } from "./format.js";
import { choose, chosen, listen, runs } from "./store.js";

const page = 100;
const pause = 10_000;
const states = ["training", "finished", "stopped", "dead", "damaged"];
const signs = { training: "▶", finished: "✓", stopped: "■", dead: "✕", damaged: "!" };

const columns = [
  { key: "chosen", head: "", name: "Chosen", sort: (run) => (chosen.has(run.id) ? 0 : 1) },
  { key: "state", head: "State", sort: (run) => states.indexOf(run.state), text: (run) => run.state },
  { key: "name", head: "Run", sort: (run) => run.name, text: (run) => run.name },
  { key: "environment", head: "Environment", sort: (run) => run.environment ?? "", text: (run) => run.environment ?? "" },
  { key: "agent", head: "Agent", sort: (run) => run.agent ?? "", text: (run) => (run.kind === "training" ? (run.agent ?? "") : `${run.agent ?? ""} ${run.kind}`) },
  { key: "seed", head: "Seed", numeric: true, sort: (run) => Number(run.seed), text: (run) => run.seed },
  { key: "steps", head: "Steps", numeric: true, sort: (run) => run.steps, text: (run) => steps(run.steps) },
  { key: "return", head: "Return", numeric: true, sort: (run) => run.return, text: (run) => number(run.return) },
  { key: "evaluation", head: "Evaluation", numeric: true, sort: (run) => run.evaluation, text: (run) => number(run.evaluation) },
  { key: "speed", head: "Steps/s", numeric: true, sort: (run) => run.speed, text: (run) => (run.speed === null ? "–" : short(run.speed)) },
  { key: "changed", head: "Changed", numeric: true, sort: (run) => run.changed, text: (run) => ago(run.changed) },
];

const body = document.getElementById("rows");
const filter = document.getElementById("filter");
const empty = document.getElementById("empty");
const more = document.getElementById("more");
const count = document.getElementById("count");

const made = new Map(); // rows by run
const wanted = new Set(); // states; none for all
let order = { column: columns.find((column) => column.key === "changed"), descending: true };
let shown = [];
let limit = page;
let focused = null;
let open = () => {};

function matches(run, words) {
  if (wanted.size > 0 && !wanted.has(run.state)) {
    return false;
  }
  const text = `${run.name} ${run.environment ?? ""} ${run.agent ?? ""} ${run.kind} seed ${run.seed} ${run.state}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

function compare(a, b) {
  const [left, right] = [order.column.sort(a), order.column.sort(b)];
  const [noLeft, noRight] = [left === null || Number.isNaN(left), right === null || Number.isNaN(right)];
  if (noLeft || noRight) {
    return noLeft === noRight ? 0 : noLeft ? 1 : -1; // what is not known comes last either way
  }
  const sign = left < right ? -1 : left > right ? 1 : a.name < b.name ? -1 : 1;
  return order.descending ? -sign : sign;
}

function cell(column, run) {
  if (column.key === "chosen") {
    const box = element("input", { type: "checkbox", tabIndex: -1, "aria-label": `Choose ${run.name}` });
    return element("td", { className: "chosen" }, box);
  }
  if (column.key === "state") {
    const sign = element("span", { className: "sign", "aria-hidden": "true" });
    return element("td", { className: "state" }, sign, element("span"));
  }
  if (column.key === "name") {
    const button = element("button", { type: "button", className: "link", tabIndex: -1 }, element("bdi"));
    return element("th", { scope: "row", className: "name" }, button);
  }
  return element("td", { className: column.numeric ? `number ${column.key}` : column.key });
}

function row(run) {
  let line = made.get(run.id);
  if (!line) {
    line = element("tr", { tabIndex: -1 }, ...columns.map((column) => cell(column, run)));
    line.dataset.id = run.id;
    made.set(run.id, line);
  }
  fill(line, run);
  return line;
}

function set(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

function fill(line, run) {
  const isChosen = chosen.has(run.id);
  line.setAttribute("aria-selected", isChosen);
  line.dataset.state = run.state;
  columns.forEach((column, i) => {
    const at = line.cells[i];
    if (column.key === "chosen") {
      at.firstChild.checked = isChosen;
    } else if (column.key === "state") {
      set(at.firstChild, signs[run.state]);
      set(at.lastChild, run.state);
      at.title = run.reason ?? "";
    } else if (column.key === "name") {
      set(at.firstChild.firstChild, run.name);
      at.firstChild.title = run.reason ? `${run.name}: ${run.reason}` : run.name;
    } else if (column.key === "steps") {
      set(at, column.text(run));
      at.title = run.total > 0 ? `of ${steps(run.total)}` : "";
    } else {
      set(at, column.text(run));
    }
  });
}

function render() {
  const words = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
  shown = [...runs.values()].filter((run) => matches(run, words)).sort(compare);
  const visible = shown.slice(0, limit);
  const hadFocus = body.contains(document.activeElement);
  body.replaceChildren(...visible.map(row));
  more.hidden = shown.length <= limit;
  tally();
  empty.hidden = shown.length > 0;
  empty.textContent =
    runs.size === 0
      ? "There is no run in this folder yet. Train one with 'agents train CartPole-v1'; it appears here by itself."
      : "No run matches the filter.";
  rove(made.get(focused)?.isConnected ? focused : visible[0]?.id, hadFocus);
  counts();
}

function tally() {
  set(count, `${steps(shown.length)} of ${steps(runs.size)} runs, ${steps(chosen.size)} chosen`);
}

// One row takes part in the order of the tab key; arrows move it.
function rove(id, focus) {
  const former = made.get(focused);
  if (former) {
    former.tabIndex = -1;
  }
  focused = id ?? null;
  const line = made.get(focused);
  if (line) {
    line.tabIndex = 0;
    if (focus) {
      line.focus({ preventScroll: false });
    }
  }
}

function counts() {
  for (const state of states) {
    const button = document.querySelector(`#states [data-state=${state}]`);
    const amount = [...runs.values()].filter((run) => run.state === state).length;
    set(button.querySelector(".amount"), steps(amount));
    button.disabled = amount === 0 && !wanted.has(state);
  }
}

function heads() {
  const line = document.getElementById("head");
  line.replaceChildren(
    ...columns.map((column) => {
      const button = element("button", { type: "button", className: "sort" }, column.head || "✓");
      if (column.name) {
        button.setAttribute("aria-label", column.name);
      }
      button.addEventListener("click", () => {
        const isSame = order.column === column;
        order = { column, descending: isSame ? !order.descending : Boolean(column.numeric) };
        heads();
        render();
        document.querySelector(`#head [data-key=${column.key}] button`).focus();
      });
      const head = element("th", { scope: "col", className: column.numeric ? `number ${column.key}` : column.key }, button);
      head.dataset.key = column.key;
      if (order.column === column) {
        head.setAttribute("aria-sort", order.descending ? "descending" : "ascending");
      }
      return head;
    })
  );
}

function stateButtons() {
  document.getElementById("states").replaceChildren(
    ...states.map((state) => {
      const button = element(
        "button",
        { type: "button", "aria-pressed": "false", className: "chip" },
        element("span", { className: "sign", "aria-hidden": "true" }, signs[state]),
        ` ${state} `,
        element("span", { className: "amount" })
      );
      button.dataset.state = state;
      button.addEventListener("click", () => {
        if (!wanted.delete(state)) {
          wanted.add(state);
        }
        button.setAttribute("aria-pressed", wanted.has(state));
        limit = page;
        render();
      });
      return button;
    })
  );
}

function keys(event) {
  if (event.target.closest?.("dialog")) {
    return;
  }
  const isTyping = event.target.matches?.("input[type=search]");
  if (event.key === "/" && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    filter.focus();
    filter.select();
  } else if (event.key === "Escape" && event.target === filter) {
    filter.value = "";
    render();
  } else if (event.key === "ArrowDown" && event.target === filter) {
    event.preventDefault();
    rove(focused, true);
  }
}

function rowKeys(event) {
  const line = event.target.closest("tr");
  const next = { ArrowDown: line.nextSibling, ArrowUp: line.previousSibling, Home: body.firstChild, End: body.lastChild }[event.key];
  if (next) {
    event.preventDefault();
    rove(next.dataset.id, true);
  } else if (event.key === " ") {
    event.preventDefault();
    choose([line.dataset.id], !chosen.has(line.dataset.id));
  } else if (event.key === "Enter" && event.target === line) {
    event.preventDefault();
    open(line.dataset.id);
  }
}

function click(event) {
  const line = event.target.closest("tr");
  if (!line) {
    return;
  }
  rove(line.dataset.id, false);
  if (event.target.closest("button")) {
    open(line.dataset.id);
  } else {
    choose([line.dataset.id], !chosen.has(line.dataset.id));
  }
}

// A change of a run alters its own row; only where it moves is the order made anew.
function update(what) {
  if (what.choice) {
    for (const line of body.rows) {
      fill(line, runs.get(line.dataset.id));
    }
    tally();
    return;
  }
  if (what.all || what.removed.length > 0 || what.changed.some((run) => what.before.get(run.id)?.state !== run.state)) {
    for (const id of what.removed ?? []) {
      made.delete(id);
    }
    render();
    return;
  }
  for (const run of what.changed) {
    if (made.has(run.id)) {
      fill(made.get(run.id), run);
    }
  }
}

// A run that hangs shows how long ago it wrote something.
function age() {
  const at = columns.findIndex((column) => column.key === "changed");
  for (const line of body.rows) {
    set(line.cells[at], columns[at].text(runs.get(line.dataset.id)));
  }
}

/** Begins. */
export function start(openDetails) {
  open = openDetails;
  heads();
  stateButtons();
  filter.addEventListener("input", () => {
    limit = page;
    render();
  });
  document.addEventListener("keydown", keys);
  body.addEventListener("keydown", rowKeys);
  body.addEventListener("click", click);
  more.addEventListener("click", () => {
    limit += page;
    render();
  });
  document.getElementById("choose-all").addEventListener("click", () => choose(shown.slice(0, page).map((run) => run.id), true));
  document.getElementById("choose-none").addEventListener("click", () => choose([...chosen], false));
  listen(update);
  setInterval(age, pause);
}
