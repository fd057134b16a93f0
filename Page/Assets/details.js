// Details of a run, in a dialog.

import { read } from "./api.js";
import { element, grid } from "./format.js";
import { runs } from "./store.js";

const dialog = document.getElementById("details");
const body = document.getElementById("details-body");

/** Shows a run. */
export async function open(id) {
  const run = runs.get(id);
  document.getElementById("details-heading").textContent = run.name;
  body.replaceChildren(element("p", { className: "quiet" }, "Reading …"));
  dialog.showModal();
  try {
    const { settings } = await read(`/api/runs/${id}`);
    body.replaceChildren(grid("Settings", ["Setting", "Value"], settings));
  } catch (error) {
    body.replaceChildren(element("p", { className: "bad" }, error.message));
  }
}

/** Begins. */
export function start() {
  document.getElementById("details-close").addEventListener("click", () => dialog.close());
}
