// The answer verdict on a run as marks of the timeline: the step that made the first mistake. Pure.
import type { Trace } from "../../trace/trace";
import type { RunVerdict } from "../header/verdict";
import type { StepMark } from "./scene";

export function verdictMarks(verdict: RunVerdict, { header }: Trace): readonly StepMark[] {
  const position = verdict.type === "unknown" ? null : (verdict.mistake?.position ?? null);
  const step = position === null ? -1 : position - header.promptTokens.length;
  return step < 0 ? [] : [{ step, label: "first mistake", tone: "bad" }];
}
