// A walk as text, word for word as models are trained on it, and back.
//
//   <bos> Rules : Barn: gain 2 ; even to foyer ; odd to cellar . … Start in cellar with 10 . Walk 4 steps . <think>
//   4 left : cellar 10 gain 4 makes 14 even to barn . … </think> Answer : 14 . <eos>

import type { Walk, WalkRule, WalkStep } from "./walk";

export function formatWalkPrompt({ rules, startRoom, startValue, stepCount }: Walk): string {
  const ruleTexts = rules.map(
    ({ room, change, evenTarget, oddTarget }) =>
      `${header(room)} ${formatChange(change)} ; even to ${evenTarget} ; odd to ${oddTarget} .`,
  );
  const start = `Start in ${startRoom} with ${startValue} . Walk ${stepCount} steps .`;
  return `<bos> Rules : ${ruleTexts.join(" ")} ${start} <think>`;
}

export function formatWalkTrace(taken: readonly WalkStep[]): string {
  const stepTexts = taken.map(({ rule, before, after, target }, step) => {
    const left = `${taken.length - step} left : ${rule.room} ${before} ${formatChange(rule.change)}`;
    return `${left} makes ${after} ${after % 2 === 0 ? "even" : "odd"} to ${target} .`;
  });
  const answer = taken[taken.length - 1].after;
  return `${stepTexts.join(" ")} </think> Answer : ${answer} . <eos>`;
}

/** The walk that a prompt describes, so that a prompt written by hand can be judged too; null if it describes none. */
export function parseWalkPrompt(prompt: string): Walk | null {
  const frame = /^<bos> Rules : (.+) Start in (\w+) with (\d+) \. Walk (\d+) steps \. <think>$/;
  const match = frame.exec(prompt.trim().replace(/\s+/g, " "));
  if (!match) return null;
  const [, ruleText, startRoom, startValue, stepCount] = match;
  const rules = ruleText.split(/(?<= \.) /).map(parseRule);
  const known = rules.filter((rule) => rule !== null);
  const rooms = new Set(known.map(({ room }) => room));
  const named = [startRoom, ...known.flatMap((rule) => [rule.evenTarget, rule.oddTarget])];
  const isComplete = known.length === rules.length && rooms.size === known.length;
  if (!isComplete || !named.every((room) => rooms.has(room))) return null;
  const walk = { rules: known, startRoom, startValue: Number(startValue), stepCount: Number(stepCount) };
  // A walk is simulated in full: a prompt may not ask for a billion steps.
  return walk.stepCount >= 1 && walk.stepCount <= 10_000 ? walk : null;
}

function parseRule(text: string): WalkRule | null {
  const match = /^(\w+): (gain|lose) (\d+) ; even to (\w+) ; odd to (\w+) \.$/.exec(text);
  if (!match) return null;
  const [, name, verb, amount, evenTarget, oddTarget] = match;
  const change = verb === "gain" ? Number(amount) : -Number(amount);
  return { room: name.toLowerCase(), change, evenTarget, oddTarget };
}

export function header(room: string): string {
  return `${room[0].toUpperCase()}${room.slice(1)}:`;
}

export function formatChange(change: number): string {
  return change < 0 ? `lose ${-change}` : `gain ${change}`;
}
