// The page of runs: a table, curves, details. Everything comes from this machine.

import { follow, hasToken, read } from "./api.js";
import { start as startCharts } from "./charts.js";
import { start as startDetails, open as openDetails } from "./details.js";
import { watch as watchFleet } from "./fleet.js";
import { change, listen, replace } from "./store.js";
import { start as startTable } from "./table.js";

const notice = document.getElementById("notice");
const announcement = document.getElementById("announce");

function tell(message) {
  notice.hidden = message === null;
  notice.textContent = message ?? "";
}

function state(word, message) {
  const live = document.getElementById("live");
  live.dataset.state = word;
  document.getElementById("live-text").textContent = word === "live" ? "Live" : "Not connected";
  tell(word === "live" ? null : `${message} The page tries again by itself.`);
}

async function begin() {
  const { folder, fleet, runs } = await read("/api/runs");
  document.getElementById("folder").textContent = folder;
  document.title = `Runs in ${folder}`;
  replace(runs);
  if (fleet) {
    watchFleet();
  }
}

function announce({ changed, before }) {
  const news = (changed ?? [])
    .filter((run) => before.size > 0 && before.get(run.id)?.state !== run.state)
    .map((run) => (before.get(run.id) ? `${run.name} is now ${run.state}.` : `${run.name} is new: ${run.state}.`));
  if (news.length > 0) {
    announcement.textContent = news.slice(0, 3).join(" ");
  }
}

if (hasToken()) {
  startTable(openDetails);
  startCharts();
  startDetails();
  listen(announce);
  follow(begin, change, state);
} else {
  state("lost", "This address lacks the secret of the page.");
  tell("This address lacks the secret of the page. Open the whole link that 'agents page' printed.");
}
