// Talks to the server. The secret comes behind the # of the link that was printed, where browsers send it to nobody, and stays in this window.

const storage = "agents-page-token";
const retry = 2000;

function readToken() {
  const given = /^#token=([0-9A-Za-z_-]+)$/.exec(location.hash);
  if (given) {
    sessionStorage.setItem(storage, given[1]);
    history.replaceState(null, "", location.pathname);
  }
  return sessionStorage.getItem(storage);
}

const token = readToken();

// The link of a later start, pasted into this window, changes nothing but what stands behind the #, so that the browser does not load it by itself.
addEventListener("hashchange", () => location.reload());

export const hasToken = () => token !== null;

function request(path, options = {}) {
  return fetch(path, { ...options, headers: { Authorization: `Bearer ${token}` }, cache: "no-store" });
}

async function checked(answer) {
  if (answer.ok) {
    return answer;
  }
  if (answer.status === 401) {
    throw new Error("The secret of this window is not that of the page. Open the link that 'agents page' printed.");
  }
  let message = `The page answered ${answer.status}.`;
  try {
    message = (await answer.json()).error ?? message;
  } catch {
    // No JSON, so there is no more to say.
  }
  throw new Error(message);
}

/** The JSON of an address. */
export async function read(path, signal) {
  return (await checked(await request(path, { signal }))).json();
}

/** Has something done, and returns once it is. */
export async function act(path) {
  await checked(await request(path, { method: "POST" }));
}

/** A file as an address that an image can show. */
export async function file(path) {
  return URL.createObjectURL(await (await checked(await request(path))).blob());
}

/** Follows what is new for ever; after an interruption from the beginning. */
export async function follow(begin, change, state) {
  for (;;) {
    const turn = new AbortController();
    const leave = () => document.hidden && turn.abort();
    document.addEventListener("visibilitychange", leave);
    try {
      await visible();
      const answer = await checked(await request("/api/events", { signal: turn.signal }));
      await begin();
      state("live");
      await readEvents(answer.body.getReader(), change);
    } catch (error) {
      if (!document.hidden) {
        state("lost", error.message);
      }
    } finally {
      document.removeEventListener("visibilitychange", leave);
      turn.abort(); // a browser has six connections in all
    }
    await new Promise((resume) => setTimeout(resume, retry));
  }
}

// A window that nobody sees needs no connection.
function visible() {
  return new Promise((resume) => {
    const look = () => {
      if (!document.hidden) {
        document.removeEventListener("visibilitychange", look);
        resume();
      }
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}

async function readEvents(reader, change) {
  const decoder = new TextDecoder();
  let text = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      throw new Error("The page was closed.");
    }
    text += decoder.decode(value, { stream: true });
    const events = text.split("\n\n");
    text = events.pop();
    for (const event of events) {
      const data = event.split("\n").find((line) => line.startsWith("data: "));
      if (data) {
        change(JSON.parse(data.slice(6)));
      }
    }
  }
}
