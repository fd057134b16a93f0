// How a fleet is: its learner's queue, and every actor.

import { read } from "./api.js";
import { element, grid, number, steps } from "./format.js";

const pause = 2000;
const panel = document.getElementById("fleet");
const body = document.getElementById("fleet-body");

let watches = false;

const idle = (seconds) => (seconds < 0 ? "–" : `${number(seconds)} s`);

function show(fleet) {
  body.replaceChildren(
    grid("The learner", ["Learner", ""], [
      ["Environment, agent", `${fleet.environment}, ${fleet.agent}`],
      ["Steps", `${steps(fleet.env_steps)} of ${steps(fleet.total_steps)}`],
      ["Steps per second", number(fleet.steps_per_second)],
      ["Mean return of 100 episodes", number(fleet.recent_return)],
      ["Queue", `${fleet.queue_length} of ${fleet.queue_capacity} unrolls`],
      ["Mean age of a batch", `${number(fleet.recent_age)} updates`],
      ["Unrolls learned from, refused, again", `${steps(fleet.unrolls_trained)}, ${steps(fleet.unrolls_refused)}, ${steps(fleet.unrolls_duplicate)}`],
      ["Calls of strangers", steps(fleet.unauthenticated_calls)],
    ]),
    grid(
      "Actors",
      ["Actor", "State", "Copies", "Unrolls", "Refused", "Starts", "Idle"],
      fleet.actors.map((actor) => [
        actor.id,
        actor.quarantine ? `quarantined: ${actor.quarantine}` : actor.connected ? "connected" : "away",
        steps(actor.copies),
        steps(actor.unrolls),
        steps(actor.refused),
        steps(actor.starts),
        idle(actor.idle_seconds),
      ])
    )
  );
}

/** Shows the fleet from now on. */
export async function watch() {
  if (watches) {
    return;
  }
  watches = true;
  panel.hidden = false;
  for (;;) {
    if (!document.hidden) {
      try {
        show(await read("/api/fleet"));
      } catch (error) {
        body.replaceChildren(element("p", { className: "empty" }, error.message));
      }
    }
    await new Promise((resume) => setTimeout(resume, pause));
  }
}
