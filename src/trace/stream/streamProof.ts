// What vouches for a stream in a link: digests of its answers and of what every compression kept, with marks in between that say
// where another run parts from it. Finds differences; proves nothing to an adversary.
//
//   6.hT2_Zq.0123456789abcdef.125.4.<a letter for 4 compressions>.0123456789abcdef
//   answers, a mark and the digest of their tokens │ compressions, how many a mark stands for, marks, digest of the survivors

import { counted } from "../../lib/counted";
import { unreachable } from "../../lib/errors";
import { encodeLetters } from "../proof/base64Url";
import { createDigest } from "../proof/digest";
import type { StreamTrace } from "./streamTrace";

interface Chain {
  /** A letter after each link, of all until then. */
  readonly marks: string;
  readonly digest: string;
}

export interface StreamProof {
  readonly answers: Chain;
  /** One mark for so many compressions; the last few may have none. */
  readonly interval: number;
  readonly compressionCount: number;
  readonly survivors: Chain;
}

const MOST_MARKS = 32;

export function proveStream(trace: StreamTrace): StreamProof {
  const compressionCount = trace.compressions.length;
  const interval = Math.max(1, Math.ceil(compressionCount / MOST_MARKS));
  return { answers: answerChain(trace), interval, compressionCount, survivors: survivorChain(trace, interval) };
}

function answerChain({ answers }: StreamTrace): Chain {
  return chainOf(
    answers.map(({ asked, tokens }) => [[asked.moment], tokens]),
    1,
  );
}

function survivorChain({ compressions }: StreamTrace, interval: number): Chain {
  return chainOf(
    compressions.map(({ framesSeen, kept }) => [[framesSeen], kept.offsets, kept.values]),
    interval,
  );
}

function chainOf(links: readonly (readonly ArrayLike<number>[])[], interval: number): Chain {
  const digest = createDigest();
  let marks = "";
  links.forEach((words, at) => {
    for (const part of words) digest.add(part);
    if ((at + 1) % interval === 0) marks += encodeLetters(digest.mark(), 1);
  });
  return { marks, digest: digest.text() };
}

export function encodeStreamProof({ answers, interval, compressionCount, survivors }: StreamProof): string {
  return [
    answers.marks.length.toString(36),
    answers.marks,
    answers.digest,
    compressionCount.toString(36),
    interval.toString(36),
    survivors.marks,
    survivors.digest,
  ].join(".");
}

/** Null for a text that is no proof, or was cut. */
export function parseStreamProof(text: string): StreamProof | null {
  const match =
    /^([0-9a-z]{1,4})\.([\w-]*)\.([0-9a-f]{16})\.([0-9a-z]{1,4})\.([0-9a-z]{1,4})\.([\w-]*)\.([0-9a-f]{16})$/.exec(
      text,
    );
  if (match === null) return null;
  const [, answerCount, answerMarks, answerDigest, compressions, every, survivorMarks, survivorDigest] = match;
  const [compressionCount, interval] = [compressions, every].map((number) => parseInt(number, 36));
  const isWhole =
    parseInt(answerCount, 36) === answerMarks.length &&
    interval >= 1 &&
    survivorMarks.length === Math.floor(compressionCount / interval);
  if (!isWhole) return null;
  return {
    answers: { marks: answerMarks, digest: answerDigest },
    ...{ interval, compressionCount },
    survivors: { marks: survivorMarks, digest: survivorDigest },
  };
}

export type StreamVerdict =
  | { readonly type: "reproduced"; readonly answerCount: number; readonly compressionCount: number }
  /** `since`: frames seen at the first compression that may differ. */
  | { readonly type: "otherSurvivors"; readonly answerCount: number; readonly since: number }
  | {
      readonly type: "otherAnswer";
      /** Null where the runs have other numbers of answers, and those that both have agree. */
      readonly question: { readonly words: string; readonly moment: number; readonly answer: string } | null;
      /** As above; null where the survivors are the same. */
      readonly since: number | null;
    }
  | { readonly type: "incomplete"; readonly reason: "stopped" | "damagedProof" };

export function checkStreamProof(proof: StreamProof, trace: StreamTrace): StreamVerdict {
  const own = {
    answers: answerChain(trace),
    survivors: survivorChain(trace, proof.interval),
    compressionCount: trace.compressions.length,
  };
  const other = firstOther(proof.answers.marks, own.answers.marks);
  const isAnsweredAlike = proof.answers.digest === own.answers.digest;
  const isKeptAlike =
    proof.survivors.digest === own.survivors.digest && proof.compressionCount === own.compressionCount;
  if (isAnsweredAlike && other !== null) return { type: "incomplete", reason: "damagedProof" };
  const otherGroup = firstOther(proof.survivors.marks, own.survivors.marks);
  if (isKeptAlike && otherGroup !== null) return { type: "incomplete", reason: "damagedProof" };
  const lastGroup = proof.survivors.marks.length;
  const since = trace.compressions.at((otherGroup ?? lastGroup) * proof.interval)?.framesSeen;
  if (isAnsweredAlike && isKeptAlike) {
    return { type: "reproduced", answerCount: trace.answers.length, compressionCount: own.compressionCount };
  }
  const isPart = proof.answers.marks.startsWith(own.answers.marks) && otherGroup === null;
  if (trace.end !== "whole" && isPart) return { type: "incomplete", reason: "stopped" };
  const survivorsSince = isKeptAlike ? null : (since ?? trace.header.frames.length);
  if (isAnsweredAlike) {
    return { type: "otherSurvivors", answerCount: trace.answers.length, since: survivorsSince ?? 0 };
  }
  const answer = trace.answers.at(other ?? Math.min(proof.answers.marks.length, trace.answers.length) - 1);
  const isCountOther = other === null && proof.answers.marks.length !== trace.answers.length;
  if (answer === undefined || isCountOther) return { type: "otherAnswer", question: null, since: survivorsSince };
  const { asked, words } = answer;
  const question = { words: asked.question, moment: asked.moment, answer: words.join(" ") };
  return { type: "otherAnswer", question, since: survivorsSince };
}

/** The first place that both have and where they differ; null for none. */
function firstOther(promised: string, own: string): number | null {
  const common = Math.min(promised.length, own.length);
  for (let at = 0; at < common; at++) if (promised[at] !== own[at]) return at;
  return null;
}

export function streamVerdictWords(verdict: StreamVerdict): string {
  switch (verdict.type) {
    case "reproduced": {
      const { answerCount, compressionCount } = verdict;
      const kept =
        compressionCount === 0
          ? "nothing was evicted"
          : `the same survivors of ${counted(compressionCount, "compression")}`;
      return `Reproduced exactly: the same ${counted(answerCount, "answer")}; ${kept}.`;
    }
    case "otherSurvivors":
      return `The same ${counted(verdict.answerCount, "answer")}, but not the same survivors from frame ${verdict.since} on.`;
    case "otherAnswer": {
      const { question, since } = verdict;
      const kept = since === null ? "The survivors are the same." : `The survivors differ from frame ${since} on.`;
      if (question === null) return `Not reproduced: another number of questions was answered. ${kept}`;
      const { words, moment, answer } = question;
      return `Not reproduced: asked “${words}” after ${counted(moment, "frame")}, this run answered “${answer}”. ${kept}`;
    }
    case "incomplete":
      return verdict.reason === "stopped"
        ? "Nothing differs so far, but this stream was stopped before its end."
        : "Not compared: what the link says of its run contradicts itself; it was changed or damaged.";
    default:
      return unreachable(verdict);
  }
}
