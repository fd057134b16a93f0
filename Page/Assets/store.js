// The runs, and which of them are chosen.

const storage = "agents-page-chosen";

export const runs = new Map();
export const chosen = new Set(JSON.parse(sessionStorage.getItem(storage) ?? "[]"));

const listeners = [];

/** Calls back with what is new: changed and removed runs, or a new choice. */
export function listen(listener) {
  listeners.push(listener);
}

function tell(what) {
  for (const listener of listeners) {
    listener(what);
  }
}

/** All runs anew. */
export function replace(list) {
  runs.clear();
  for (const run of list) {
    runs.set(run.id, run);
  }
  for (const id of [...chosen].filter((id) => !runs.has(id))) {
    chosen.delete(id);
  }
  if (chosen.size === 0) {
    chooseNewest();
  }
  tell({ all: true, changed: list, removed: [], before: new Map() });
}

/** What the server told. */
export function change({ changed, removed }) {
  const before = new Map(changed.map((run) => [run.id, runs.get(run.id)]));
  for (const run of changed) {
    runs.set(run.id, run);
  }
  for (const id of removed) {
    runs.delete(id);
    chosen.delete(id);
  }
  const chooses = chosen.size === 0 && !userChose;
  if (chooses) {
    chooseNewest();
  }
  tell({ all: false, changed, removed, before });
  if (chooses && chosen.size > 0) {
    tell({ choice: true }); // of rows that did not change, too
  }
}

let userChose = false;

/** Chooses or leaves runs. */
export function choose(ids, isChosen) {
  userChose = true;
  for (const id of ids) {
    if (isChosen) {
      chosen.add(id);
    } else {
      chosen.delete(id);
    }
  }
  sessionStorage.setItem(storage, JSON.stringify([...chosen]));
  tell({ choice: true });
}

// What a window shows first: the experiment that was written to last.
function chooseNewest() {
  const able = [...runs.values()].filter((run) => run.experiment && run.kind !== "study" && run.steps > 0);
  const newest = able.reduce((best, run) => (best === null || run.changed > best.changed ? run : best), null);
  for (const run of able.filter((run) => run.experiment === newest?.experiment).slice(0, 10)) {
    chosen.add(run.id);
  }
}
