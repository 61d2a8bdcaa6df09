// What Foretold draws, as rows: the focused head's tokens at the shown event, then every event and head.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import type { ForetoldSpan, HeadForetold } from "../../trace/foretold";
import type { Trace } from "../../trace/trace";
import type { FigureTable } from "../../ui/figure/figureTable";
import { focusLabel, type Focus } from "../focus";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import type { HeadCloud } from "./cloudLayout";
import { chanceBand, type ForetoldWork } from "./foretoldWork";
import { columnName } from "./words";

interface TableRequest {
  readonly span: ForetoldSpan;
  readonly focus: Focus;
  readonly column: string;
  readonly tested: HeadForetold;
  readonly work: ForetoldWork;
  readonly cloud: HeadCloud | null;
}

export function foretoldTable(trace: Trace, { span, focus, column, tested, work, cloud }: TableRequest): FigureTable {
  const { model } = trace.header;
  const symbol = columnName(column);
  const place = (of: ForetoldSpan): readonly (string | number)[] => [
    of.event.step,
    of.firstStep,
    of.lastStep,
    of.fullCache === null ? "the run, kept only" : "a full cache",
  ];
  const noPlace = cloud === null ? [] : [null, null, null];
  return {
    caption:
      `Score ${symbol} at an event against the mean share of attention received in the steps after it: tokens of ` +
      `${focusLabel(focus)} at step ${span.event.step}, then Spearman’s rank correlation by event and head` +
      (cloud === null ? "." : ", then the head’s queries, the oldest first, and keys in the plane of the query cloud."),
    columns: [
      ...["part", "layer", "KV head", "event (step)", "from step", "to step", "attention of"],
      ...["position", "token", `score ${symbol}`, "received (share)", "kept"],
      ...["rank correlation", "tokens compared", "chance ± (95 of 100)"],
      ...["caught by the kept (share)", "by the best as many (share)", "by chance (share)"],
      ...(cloud === null ? [] : ["query head", "along axis 1", "along axis 2"]),
    ],
    rows: [
      ...Array.from(tested.positions, (position, at) => [
        ...["token", focus.layer, focus.kvHead, ...place(span)],
        ...[position, tokenLabel(tokenText(trace, position)), tested.scores[at], tested.received[at]],
        ...[tested.isKept[at] === 1 ? "yes" : "no", null, null, null, null, null, null],
        ...noPlace,
      ]),
      ...work.events.flatMap((event) =>
        Array.from({ length: Math.min(event.heads.length, headCountOf(model)) }, (_, head) => {
          const { correlation, count, caught } = event.heads[head];
          return [
            ...["head", layerOf(model, head), kvHeadOf(model, head), ...place(event.span)],
            ...[null, null, null, null, null],
            ...[known(correlation), count, known(chanceBand(count))],
            ...[caught?.kept ?? null, caught?.best ?? null, caught?.chance ?? null],
            ...noPlace,
          ];
        }),
      ),
      ...(cloud === null ? [] : cloudRows(trace, cloud, [focus.layer, focus.kvHead, span.event.step])),
    ],
  };
}

function cloudRows(
  trace: Trace,
  { members, keys, positions, isKept }: HeadCloud,
  place: readonly [layer: number, kvHead: number, step: number],
): readonly (readonly (string | number | null)[])[] {
  const none = [null, null, null];
  const queries = members.flatMap((points, member) =>
    Array.from({ length: points.length / 2 }, (_, at) => [
      ...["query", ...place, ...none, null, null, null, null, null, ...none, ...none],
      ...[place[1] * members.length + member, points[2 * at], points[2 * at + 1]],
    ]),
  );
  const ofKeys = Array.from(positions, (position, slot) => [
    ...["key", ...place, ...none, position, tokenLabel(tokenText(trace, position)), null, null],
    ...[isKept[slot] === 1 ? "yes" : "no", ...none, ...none],
    ...[null, keys[2 * slot], keys[2 * slot + 1]],
  ]);
  return [...queries, ...ofKeys];
}

function known(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
