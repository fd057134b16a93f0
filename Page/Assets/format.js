// Numbers, times and elements as the page shows them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });
const fine = new Intl.NumberFormat("en", { maximumSignificantDigits: 5 });

export const steps = (number) => whole.format(number);

export const short = (number) => compact.format(number);

/** A number with five digits; a dash where there is none. */
export function number(value) {
  if (value === null || value === undefined || Number.isNaN(value)) {
    return "–";
  }
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) {
    return value.toExponential(3).replace("e+", "e");
  }
  return fine.format(value);
}

/** Seconds as hours, minutes and seconds. */
export function duration(seconds) {
  if (seconds < 100) {
    return `${Number(seconds.toPrecision(3))} s`;
  }
  if (seconds < 6000) {
    return `${Number((seconds / 60).toPrecision(3))} min`;
  }
  return `${Number((seconds / 3600).toPrecision(3))} h`;
}

/** How long ago a moment was. */
export function ago(milliseconds) {
  const seconds = Math.max(0, (Date.now() - milliseconds) / 1000);
  if (seconds < 10) {
    return "now";
  }
  if (seconds < 90) {
    return `${Math.round(seconds / 10) * 10} s ago`;
  }
  if (seconds < 5400) {
    return `${Math.round(seconds / 60)} min ago`;
  }
  if (seconds < 129600) {
    return `${Math.round(seconds / 3600)} h ago`;
  }
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** An element with properties and children; texts become text, never markup. */
export function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-") || key === "role") {
      made.setAttribute(key, value);
    } else {
      made[key] = value;
    }
  }
  made.append(...children.filter((child) => child !== null));
  return made;
}

/** A table of texts: a caption for readers of screens, heads, and rows whose first cell heads them. */
export function grid(caption, heads, rows) {
  return element(
    "div",
    { className: "scroll" },
    element(
      "table",
      {},
      element("caption", { className: "sr-only" }, caption),
      element("thead", {}, element("tr", {}, ...heads.map((head) => element("th", { scope: "col" }, head)))),
      element(
        "tbody",
        {},
        ...rows.map((row) =>
          element(
            "tr",
            {},
            ...row.map((cell, i) => (i === 0 ? element("th", { scope: "row" }, cell) : element("td", {}, cell)))
          )
        )
      )
    )
  );
}
