// What a study has tried, and who copied whom in a population.

import { element, grid, number, short, steps } from "./format.js";

const namespace = "http://www.w3.org/2000/svg";
const [width, lane, left, top] = [640, 18, 70, 6];

/** The tables and the picture of a study. */
export function study({ problem, candidates, keys, rows, legs }) {
  const state = (row) => row.failure ?? (row.training ? "trains" : "");
  return [
    problem && element("p", { className: "bad" }, problem),
    rows.length === 0 && !problem ? element("p", { className: "quiet" }, "It has begun no trial yet.") : null,
    candidates > rows.length ? element("p", { className: "quiet" }, `The best ${rows.length} of ${steps(candidates)} are shown.`) : null,
    rows.length === 0
      ? null
      : grid(
          "Candidates, the best first",
          [legs.length > 0 ? "Member" : "Candidate", ...keys, "Score", "Seeds", "Steps", ""],
          rows.map((row) => [String(row.number), ...row.values, number(row.score), String(row.seeds), steps(row.steps), state(row)])
        ),
    ...(legs.length > 0 ? [element("h3", {}, "Lineage"), lineage(legs)] : []),
  ].filter(Boolean);
}

function shape(name, attributes, text) {
  const made = document.createElementNS(namespace, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.textContent = text ?? "";
  return made;
}

// A line for each member along its steps; an arrow from whom it copied.
function lineage(legs) {
  const members = [...new Set(legs.map((leg) => leg.member))].sort((a, b) => a - b);
  const end = Math.max(...legs.map((leg) => leg.to), 1);
  const x = (at) => left + (at / end) * (width - left - 10);
  const y = (member) => top + lane * (members.indexOf(member) + 0.5);
  const height = top + lane * members.length + 18;
  const copies = legs.filter((leg) => leg.copied !== undefined);
  const texts = copies.map((leg) => `member ${leg.member} copied ${leg.copied} at step ${steps(leg.copiedAt)}`);
  const picture = shape("svg", {
    viewBox: `0 0 ${width} ${height}`,
    role: "img",
    class: "lineage",
    "aria-label": `Lineage of ${members.length} members. ${texts.length === 0 ? "No copies yet." : `${texts.join("; ")}.`}`,
  });
  for (const member of members) {
    picture.append(shape("text", { x: 0, y: y(member) + 4 }, `member ${member}`));
  }
  for (const leg of legs) {
    const line = shape("line", { x1: x(leg.from), x2: x(leg.to), y1: y(leg.member), y2: y(leg.member), class: "leg" });
    line.append(shape("title", {}, `member ${leg.member}, to step ${steps(leg.to)}: ${number(leg.score)}`));
    picture.append(line, shape("circle", { cx: x(leg.to), cy: y(leg.member), r: 2, class: "end" }));
  }
  for (const leg of copies) {
    picture.append(shape("line", { x1: x(leg.copiedAt), x2: x(leg.from), y1: y(leg.copied), y2: y(leg.member), class: "copy" }));
    picture.append(shape("circle", { cx: x(leg.from), cy: y(leg.member), r: 3.5, class: "copied" }));
  }
  picture.append(shape("text", { x: left, y: height - 4 }, "0"), shape("text", { x: width - 10, y: height - 4, "text-anchor": "end" }, `${short(end)} steps`));
  return element("div", { className: "scroll" }, picture);
}
