// What links of earlier versions mean today: one step per version, so that an old link still gives the same run.

import { assert } from "../lib/errors";

interface LinkUpgrade {
  /** The version that this step reads; it writes the next one. */
  readonly from: number;
  readonly upgrade: (old: URLSearchParams) => URLSearchParams;
}

const linkUpgrades: readonly LinkUpgrade[] = [
  { from: 1, upgrade: namedProblem },
  { from: 2, upgrade: digestAsProof },
  { from: 3, upgrade: explored },
];

assert(
  linkUpgrades.every(({ from }, place) => from === place + 1),
  "the upgrades of links lead from version 1 on without a gap",
);

export const LINK_VERSION = linkUpgrades.length + 1;

/** The parameters of a link of any earlier version, as the present one writes them. */
export function upgradedLink(version: number, parameters: URLSearchParams): URLSearchParams {
  return linkUpgrades.slice(version - 1).reduce((old, { upgrade }) => upgrade(old), parameters);
}

/**
 * Version 1 described a walk by rooms, steps, n and whether it was a tour of its rules within 7 steps; now a problem is
 * its id. Runs ended at 400 tokens by default; now the problem decides.
 */
function namedProblem(old: URLSearchParams): URLSearchParams {
  const said = (key: string, otherwise: string): string => old.get(key) ?? otherwise;
  const kind = said("problem", "walk");
  const tour = kind === "tour" ? "-tour7" : "";
  const walk = `walk-${said("rooms", "5")}x${said("steps", "20")}${tour}-${said("n", "1")}`;
  const written = new URLSearchParams([...old].filter(([key]) => !["problem", "rooms", "steps", "n"].includes(key)));
  written.set("problem", kind === "walk" || kind === "tour" ? walk : kind);
  if (!written.has("max")) written.set("max", "400");
  return written;
}

/** Version 2 had only the digest of a run's tokens: that is the shortest form of a proof. */
function digestAsProof(old: URLSearchParams): URLSearchParams {
  const digest = old.get("digest") ?? "";
  const written = new URLSearchParams([...old].filter(([key]) => key !== "digest"));
  if (/^[0-9a-f]{16}$/.test(digest)) written.set("proof", digest);
  return written;
}

/** Version 3 knew one view of the page, which is now Explore. */
function explored(old: URLSearchParams): URLSearchParams {
  const written = new URLSearchParams(old);
  written.set("view", "explore");
  return written;
}
