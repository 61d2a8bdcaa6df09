// A verdict in plain words with its numbers: what a person reads after opening a link.
import { counted } from "../../lib/counted";
import { unreachable } from "../../lib/errors";
import { tokenLabel } from "../tokenText";
import type {
  DivergedVerdict,
  EventMargin,
  FedVerdict,
  MovedToken,
  NearTie,
  ReplayVerdict,
  SameTokensVerdict,
  StepMargin,
} from "./verdict";

export function verdictWords(verdict: ReplayVerdict): string {
  switch (verdict.type) {
    case "reproduced":
      return reproducedWords(verdict);
    case "sameTokens":
      return sameTokensWords(verdict);
    case "diverged":
      return divergedWords(verdict);
    case "fed":
      return fedWords(verdict);
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

function fedWords(verdict: FedVerdict): string {
  return `${fedSurvivorWords(verdict)} ${ownChoiceWords(verdict)}`;
}

/** Of a run that was fed tokens: whether it kept the same. */
export function fedSurvivorWords(verdict: FedVerdict): string {
  const { tokenCount, eventCount, promisedEventCount, survivorCount, nearTies, other } = verdict;
  const fed = `Fed the same ${counted(tokenCount, "token")}`;
  const survivorWords = nearTies.length === 0 ? counted(survivorCount, "survivor") : "survivors";
  const same = `the same ${survivorWords} of ${counted(eventCount, "event")}`;
  const survivors =
    eventCount !== promisedEventCount
      ? `This run has ${counted(eventCount, "event")}, the run of the link ${promisedEventCount}.`
      : other !== null
        ? `${fed}, this run kept other survivors from step ${other.step} on: ${otherWords(other)}.${nearTies.length === 0 ? "" : ` Before that: ${nearTieCount(verdict)}.`}`
        : eventCount === 0
          ? `${fed}; nothing was evicted.`
          : `${fed}, this run kept ${same}${nearTies.length === 0 ? "" : `, but for ${nearTieCount(verdict)}`}.`;
  return [survivors, untoldWords(verdict)].filter((words) => words !== "").join(" ");
}

function nearTieCount({ nearTies, followingCount }: FedVerdict): string {
  const following =
    followingCount === 0
      ? ""
      : ` and ${counted(followingCount, "later decision")} of the same heads that followed from them`;
  const widest = Math.max(...nearTies.map(({ margin }) => margin));
  return `${counted(nearTies.length, "near tie")} (margin at most ${share(widest)} of a score’s usual distance from the cut)${following}`;
}

function untoldWords({ untold }: FedVerdict): string {
  if (untold === null) return "";
  const { headCount, fromStep } = untold;
  return `What followed in ${counted(headCount, "head")} from step ${fromStep} on is more than the link can tell.`;
}

function otherWords({ layers, head, isFound }: NonNullable<FedVerdict["other"]>): string {
  const where = layers.from === layers.to ? `layer ${layers.from}` : `layers ${layers.from} to ${layers.to}`;
  if (head === null) {
    return `in ${where}; the scores of that event were left out to keep the trace within its memory, so how close it was is not known`;
  }
  const place = `layer ${head.layer}, KV head ${head.kvHead}`;
  if (isFound) return `${place} decided otherwise, by ${share(head.margin)} of a score’s usual distance from the cut`;
  return `more in ${where} than near ties explain; the closest cut there, ${place}, has a margin of ${share(head.margin)}`;
}

/** Of a run that was fed tokens: which it would have chosen. */
export function ownChoiceWords({ ownChoices: own }: FedVerdict): string {
  if (own === null) return "By itself it chooses the same tokens.";
  const { step, text, probability, runnerUpText, runnerUpProbability } = own.first;
  const where = own.count === 1 ? `at step ${step}` : `at ${own.count} steps, first at step ${step}`;
  // A token that was drawn may be none of the candidates recorded.
  const chosen = runnerUpProbability === 0 ? "," : `: “${tokenLabel(runnerUpText)}” (${percent(runnerUpProbability)})`;
  return `By itself it would have chosen another token ${where}${chosen} where it was fed “${tokenLabel(text)}” (${percent(probability)}).`;
}

/** One near tie, as a line of a list. */
export function nearTieWords({ step, layer, kvHead, keptThere, keptHere, margin, marginThere }: NearTie): string {
  const name = ({ text, position }: MovedToken): string => `“${tokenLabel(text)}” (position ${position})`;
  const there = marginThere === null ? "" : `, in that run ${share(marginThere)}`;
  return (
    `Step ${step}, layer ${layer}, KV head ${kvHead}: the run of the link kept ${name(keptThere)}, this one ` +
    `${name(keptHere)}; margin ${share(margin)}${there}.`
  );
}

function share(margin: number): string {
  return Number.isFinite(margin) ? percent(margin) : "more than any";
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
    `${lead} “${tokenLabel(text)}” with a probability of ${percent(probability)}, ` +
    `“${tokenLabel(runnerUpText)}” had ${percent(runnerUpProbability)}.`
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
