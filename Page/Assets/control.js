// Stops a run and continues it, after asking.

import { act } from "./api.js";
import { element } from "./format.js";

const deeds = {
  training: {
    name: "Stop",
    path: "stop",
    ask: (others) =>
      others.length === 0
        ? "Stop this run? It saves everything first and can be continued."
        : `Stop this run? Its process trains these, too: ${others.join(", ")}. It saves everything first, and each can be continued.`,
    done: "It was asked to stop, and saves everything first.",
  },
  stopped: { name: "Continue", path: "continue", ask: () => "Continue this run from where it was stopped?", done: "It trains on." },
  dead: {
    name: "Continue",
    path: "continue",
    ask: () => "Continue this run from its newest checkpoint?",
    done: "It trains on.",
  },
};

/** What can be done with a run now; null where that is nothing. */
export function control(run, others) {
  const deed = deeds[run.state];
  if (!deed) {
    return null;
  }
  const words = element("p", { role: "status" });
  const begin = element("button", { type: "button" }, deed.name);
  const yes = element("button", { type: "button", className: "primary" }, deed.name);
  const no = element("button", { type: "button" }, "Leave it");
  const buttons = element("div", { className: "buttons" }, begin);

  begin.addEventListener("click", () => {
    words.textContent = deed.ask(others);
    buttons.replaceChildren(yes, no);
    no.focus();
  });
  no.addEventListener("click", () => {
    words.textContent = "";
    buttons.replaceChildren(begin);
    begin.focus();
  });
  yes.addEventListener("click", async () => {
    yes.disabled = true;
    no.disabled = true;
    words.textContent = deed.path === "stop" ? "Asking …" : "Starting its process …";
    words.className = "";
    try {
      await act(`/api/runs/${run.id}/${deed.path}`);
      words.textContent = deed.done;
      buttons.replaceChildren();
    } catch (error) {
      words.textContent = error.message;
      words.className = "bad";
      yes.disabled = false;
      no.disabled = false;
      buttons.replaceChildren(begin);
    }
  });
  return element("div", { className: "control" }, words, buttons);
}
