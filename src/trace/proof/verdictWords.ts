// A verdict in plain words with its numbers: what a person reads after opening a link.
import { counted } from "../../lib/counted";
import { unreachable } from "../../lib/errors";
import type { DivergedVerdict, EventMargin, SameTokensVerdict, StepMargin, ReplayVerdict } from "./verdict";

export function verdictWords(verdict: ReplayVerdict): string {
  switch (verdict.type) {
    case "reproduced":
      return reproducedWords(verdict);
    case "sameTokens":
      return sameTokensWords(verdict);
    case "diverged":
      return divergedWords(verdict);
    case "incomplete":
      return incompleteWords(verdict);
    default:
      return unreachable(verdict);
  }
}

function reproducedWords({ tokenCount, eventCount, survivorCount }: ReplayVerdict & { type: "reproduced" }): string {
  if (eventCount === null || survivorCount === null) {
    return `Reproduced: the same ${counted(tokenCount, "token")}. The link says nothing about the survivors.`;
  }
  if (eventCount === 0) return `Reproduced exactly: the same ${counted(tokenCount, "token")}; nothing was evicted.`;
  const survivors = `the same ${counted(survivorCount, "survivor")} of ${counted(eventCount, "event")}`;
  return `Reproduced exactly: the same ${counted(tokenCount, "token")} and ${survivors}.`;
}

function sameTokensWords(verdict: SameTokensVerdict): string {
  const { tokenCount, eventCount, promisedEventCount, otherGroupCount, eventInterval, first } = verdict;
  const lead = `The same ${counted(tokenCount, "token")}, but not the same survivors`;
  const counts =
    eventCount === promisedEventCount
      ? []
      : [`There are ${counted(eventCount, "event")} here and ${promisedEventCount} in the run of the link.`];
  if (first === null) return [`${lead}.`, ...counts].join(" ");
  const groupCount = Math.ceil(eventCount / eventInterval);
  const groups = eventInterval === 1 ? counted(groupCount, "event") : `${groupCount} groups of ${eventInterval} events`;
  const where =
    first.fromStep === first.toStep
      ? `at step ${first.fromStep}`
      : `between steps ${first.fromStep} and ${first.toStep}`;
  return [
    `${lead}: ${otherGroupCount} of ${groups} ${otherGroupCount === 1 ? "differs" : "differ"}, first ${where}.`,
    explanationWords(first),
    ...counts,
  ].join(" ");
}

function explanationWords({ smallestMargin, fromStep, toStep }: NonNullable<SameTokensVerdict["first"]>): string {
  if (fromStep !== toStep) return "The link is too long to tell single events apart.";
  return `Its closest cut has a margin of ${marginWords(smallestMargin)}.`;
}

function divergedWords({ from, to, closest, lastEvent, otherSurvivorsSince }: DivergedVerdict): string {
  const where = from === to ? `at step ${to}` : `between steps ${from} and ${to}`;
  return [
    `Not reproduced: the tokens differ ${where}.`,
    closest === null ? "One of the two runs ended there." : choiceWords(closest, from === to),
    ...(otherSurvivorsSince === null ? [] : [`The survivors differ from step ${otherSurvivorsSince} on.`]),
    ...(lastEvent === null
      ? []
      : [
          `The last event before is at step ${lastEvent.step}; its closest cut has a margin of ${marginWords(lastEvent)}.`,
        ]),
  ].join(" ");
}

function choiceWords(
  { step, text, probability, runnerUpText, runnerUpProbability }: StepMargin,
  isOnly: boolean,
): string {
  const lead = isOnly ? "This run chose" : `Its closest choice among them was at step ${step}:`;
  return (
    `${lead} “${text.trim()}” with a probability of ${percent(probability)}, ` +
    `“${runnerUpText.trim()}” had ${percent(runnerUpProbability)}.`
  );
}

function incompleteWords(verdict: ReplayVerdict & { type: "incomplete" }): string {
  switch (verdict.reason) {
    case "stopped": {
      const { stepCount, promisedCount } = verdict;
      if (promisedCount === null) return "Not compared: this run was stopped before its end.";
      return `Nothing differs so far, but this run was stopped after ${stepCount} of ${counted(promisedCount, "token")}.`;
    }
    case "otherPrompt":
      return "Not compared: the run that the link vouches for had another prompt, or the link was changed.";
    case "damagedProof":
      return "Not compared: what the link says of its run contradicts itself; it was changed or damaged.";
    default:
      return unreachable(verdict);
  }
}

function marginWords({ layer, kvHead, margin }: EventMargin): string {
  return `${number(margin)} (layer ${layer}, KV head ${kvHead})`;
}

/** Three significant digits: margins are told apart by their size. */
function number(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? "∞" : value < 0 ? "−∞" : "–";
  const text = String(Number(Math.abs(value).toPrecision(3)));
  return value < 0 ? `−${text}` : text;
}

function percent(share: number): string {
  return `${number(100 * share)} %`;
}
