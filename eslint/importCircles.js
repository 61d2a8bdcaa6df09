// Files that import each other in a circle, type imports included: none of them can be read before the others.
import { readFileSync } from "node:fs";
import path from "node:path";

/** @typedef {Readonly<Record<string, readonly string[]>>} ImportGraph file → the files that it imports */

/**
 * What each of these files imports of the others.
 * @param {readonly string[]} files
 * @returns {ImportGraph}
 */
export function importGraph(files) {
  const known = new Set(files);
  const named = /(?:from|import)\s*\(?\s*"(\.[^"?]+)"/g;
  return Object.fromEntries(
    files.map((file) => {
      const targets = [...readFileSync(file, "utf8").matchAll(named)].map(([, name]) =>
        path.join(path.dirname(file), name),
      );
      const found = targets.flatMap((target) =>
        [target, `${target}.ts`, `${target}.tsx`].filter((name) => known.has(name)),
      );
      return [file, [...new Set(found)]];
    }),
  );
}

/**
 * One circle through each file that closes one, as "a → b → a"; empty where there are none.
 * @param {ImportGraph} graph
 * @returns {string[]}
 */
export function importCircles(graph) {
  /** @type {string[]} */
  const circles = [];
  const isDone = new Set();
  /** @type {string[]} */
  const trail = [];

  /** @param {string} file */
  const visit = (file) => {
    if (trail.includes(file)) circles.push([...trail.slice(trail.indexOf(file)), file].join(" → "));
    if (trail.includes(file) || isDone.has(file)) return;
    trail.push(file);
    graph[file].forEach(visit);
    trail.pop();
    isDone.add(file);
  };
  Object.keys(graph).forEach(visit);
  return circles;
}
