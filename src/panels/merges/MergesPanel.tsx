// Who carries whom at an event, and what it did to the newest query's output. With its legend.
import { memo, useMemo } from "react";
import { kvHeadOf, layerOf, rowLength } from "../../cache/headRows";
import { carriedTokens, type CarriedToken, type MergeAftermath } from "../../trace/merges";
import { lastEventAtStep } from "../../trace/replay";
import type { EvictionEvent, Trace } from "../../trace/trace";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import type { FigureTable } from "../../ui/figure/figureTable";
import { LegendItem } from "../../ui/LegendItem";
import { writtenNumber } from "../../ui/numbers";
import { Panel } from "../../ui/Panel";
import { pointIn } from "../../ui/pointIn";
import { useElementSize } from "../../ui/useElementSize";
import type { PanelProps } from "../definePanel";
import { focusHead, shortFocusLabel } from "../focus";
import { laneLabel } from "../lanes/laneRows";
import { noEventReason } from "../score/words";
import { selectedPosition } from "../selection";
import { tokenLabel, tokenText } from "../../trace/tokenText";
import { CELL_HEIGHT, cellAt, changesLayout, flowLayout, type FlowLayout } from "./layout";
import { AftermathFigure } from "./AftermathFigure";
import "./merges.css";

type MergesPanelProps = PanelProps<
  | "trace"
  | "step"
  | "focus"
  | "hovered"
  | "pinned"
  | "onHover"
  | "onPin"
  | "onMove"
  | "theme"
  | "aftermath"
  | "onAftermath"
  | "lanes",
  object
>;

export const MergesPanel = memo(function MergesPanel(props: MergesPanelProps) {
  const { heading, trace, step, focus } = props;
  const event = lastEventAtStep(trace, step);
  const head = focusHead(trace.header.model, focus);
  const merges = event?.merges;
  if (event === null || merges === undefined) {
    return (
      <Panel {...heading} provenance={["derived"]}>
        <p className="panel-empty">{emptyReason(props, event)}</p>
      </Panel>
    );
  }
  const carried = carriedTokens(event, head);
  const lit = selectedPosition(props);
  const { aftermath } = props.aftermath;
  const figures = aftermath?.event === event ? aftermath.figures : null;
  return (
    <Panel
      {...heading}
      subtitle={`${shortFocusLabel(focus)}, event at step ${event.step}`}
      provenance={["measured"]}
      table={() => mergesTable(trace, event, figures)}
    >
      <div className="merges-grid">
        <FlowFigure {...props} event={event} head={head} carried={carried} lit={lit} />
        <ChangesFigure trace={trace} head={head} shownStep={event.step} onMove={props.onMove} />
        <AftermathFigure
          {...{ trace, event, head, figures }}
          state={props.aftermath}
          onAsk={() => props.onAftermath(event)}
        />
      </div>
      <p className="merges-note">{litSentence(trace, carried, lit) ?? countSentence(carried)}</p>
      <MergesLegend hasFallback={merges.fallbacks.values.includes(1)} />
    </Panel>
  );
});

function emptyReason({ trace, lanes }: MergesPanelProps, event: EvictionEvent | null): string {
  if (!isMerging(trace)) {
    const merging = lanes.findIndex((lane) => isMerging(lane.trace));
    return merging === -1
      ? "This run drops what it evicts. Choose another way under “Merging” in the set-up and run again."
      : `This run drops what it evicts. To see one that merges, choose ${laneLabel(merging)}.`;
  }
  return event === null ? noEventReason(trace) : "This run kept no record of its merges.";
}

function isMerging({ header }: Trace): boolean {
  const { merging = "none" } = header.parameters;
  return merging !== "none";
}

interface FlowFigureProps extends MergesPanelProps {
  readonly event: EvictionEvent;
  readonly head: number;
  readonly carried: readonly CarriedToken[];
  readonly lit: number | null;
}

const FLOW_HEIGHT = 170;

function FlowFigure({ event, head, carried, lit, onHover, onPin }: FlowFigureProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 560, height: FLOW_HEIGHT });
  const layout = useMemo(() => flowLayout(event, head, { width, height: FLOW_HEIGHT }), [event, head, width]);
  if (layout === null) return null;
  const carriedCount = carried.filter(({ carrier }) => carrier !== null).length;
  const positionAt = (target: SVGSVGElement, pointer: React.MouseEvent): number | null =>
    cellAt(layout, pointIn(target, pointer))?.position ?? null;
  return (
    <figure ref={frame} className="merges-figure">
      <figcaption>
        <strong>Who carries whom</strong> above, {rowLength(event.positionsBefore, head)} slots before the event; below,
        the {rowLength(event.survivors, head)} that it kept, as wide as their votes
      </figcaption>
      <svg
        className="merges-flow"
        width={width}
        height={FLOW_HEIGHT}
        role="img"
        aria-label={`${carried.length} evicted, of which ${carriedCount} are carried on by a kept token.`}
        onPointerMove={(pointer) => {
          const position = positionAt(pointer.currentTarget, pointer);
          onHover(position, { x: pointer.clientX, y: pointer.clientY });
        }}
        onPointerLeave={() => onHover(null)}
        onClick={(pointer) => {
          const position = positionAt(pointer.currentTarget, pointer);
          if (position !== null) onPin(position);
        }}
      >
        <FlowMarks layout={layout} lit={lit} />
      </svg>
    </figure>
  );
}

function FlowMarks({ layout, lit }: { readonly layout: FlowLayout; readonly lit: number | null }) {
  const { size, before, after, flows } = layout;
  const isLit = (position: number, carrier: number): boolean => lit === position || lit === carrier;
  return (
    <g aria-hidden="true">
      {flows.map(({ position, carrier, cosine, path }) => (
        <path
          key={position}
          className={isLit(position, carrier) ? "merges-curve merges-curve-lit" : "merges-curve"}
          d={path}
          opacity={isLit(position, carrier) ? 1 : 0.25 + 0.65 * Math.max(0, cosine)}
        />
      ))}
      {before.map(({ position, x, width, fate }) => (
        <rect
          key={position}
          className={`merges-cell merges-${fate}${lit === position ? " merges-lit" : ""}`}
          {...{ x, y: 1, height: CELL_HEIGHT - 2 }}
          width={gapped(width)}
        />
      ))}
      {after.map(({ position, x, width, votes, isFallback }) => (
        <rect
          key={position}
          className={`merges-cell ${votes > 1 ? "merges-carrier" : "merges-kept"}${isFallback ? " merges-fallback" : ""}${lit === position ? " merges-lit" : ""}`}
          {...{ x, y: size.height - CELL_HEIGHT + 1, height: CELL_HEIGHT - 2 }}
          width={gapped(width)}
        />
      ))}
    </g>
  );
}

/** Cells stand apart where there is room. */
function gapped(width: number): number {
  return width > 4 ? width - 1 : Math.max(0.5, width - 0.25);
}

const CHANGES_HEIGHT = 170;

interface ChangesFigureProps extends Pick<MergesPanelProps, "trace" | "onMove"> {
  readonly head: number;
  readonly shownStep: number;
}

function ChangesFigure({ trace, head, shownStep, onMove }: ChangesFigureProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 360, height: CHANGES_HEIGHT });
  const layout = changesLayout(trace.events, { head, shownStep, size: { width, height: CHANGES_HEIGHT } });
  return (
    <figure ref={frame} className="merges-figure">
      <figcaption>
        <strong>What it does to the output</strong> of the newest query, in the focused head, event by event
      </figcaption>
      {layout === null ? (
        <p className="panel-empty">No event of this run measured it.</p>
      ) : (
        <svg
          className="merges-changes"
          width={width}
          height={CHANGES_HEIGHT}
          role="img"
          aria-label="Change of the newest query’s output by event, in per cent, for four ways to treat the evicted."
          onClick={(pointer) => onMove(layout.stepAt(pointIn(pointer.currentTarget, pointer).x))}
        >
          <ChartAxes {...layout} xTitle="event (step)" yTitle="change, %" />
          <g aria-hidden="true">
            {layout.shownX !== null && (
              <line
                className="merges-shown"
                x1={layout.shownX}
                x2={layout.shownX}
                y1={layout.plot.top}
                y2={layout.plot.bottom}
              />
            )}
            <path className="merges-line merges-line-evicted" d={layout.paths.evicted} />
            <path className="merges-line merges-line-convex" d={layout.paths.convex} />
            <path className="merges-line merges-line-zip" d={layout.paths.zip} />
            {layout.dots.map(({ step, x, y }) => (
              <circle key={step} className="merges-dot" cx={x} cy={y} r={3} />
            ))}
            <LineLabels labels={layout.labels} right={layout.plot.right} />
          </g>
        </svg>
      )}
    </figure>
  );
}

function countSentence(carried: readonly CarriedToken[]): string {
  const count = carried.filter(({ carrier }) => carrier !== null).length;
  if (carried.length === 0) return "This head evicted nothing at this event.";
  return `Of ${carried.length} evicted, ${count} ${count === 1 ? "is" : "are"} carried on and ${carried.length - count} dropped. Point at a cell to see who carries it.`;
}

function litSentence(trace: Trace, carried: readonly CarriedToken[], lit: number | null): string | null {
  if (lit === null) return null;
  const nameOf = (position: number): string => `“${tokenLabel(tokenText(trace, position))}” (${position})`;
  const own = carried.find(({ position }) => position === lit);
  if (own !== undefined) {
    const cosine = writtenNumber(own.cosine);
    return own.carrier === null
      ? `${nameOf(lit)} is dropped: the closest kept key is that of ${nameOf(own.closest)}, at a cosine of ${cosine}.`
      : `${nameOf(lit)} is carried by ${nameOf(own.carrier)}, at a cosine of ${cosine}.`;
  }
  const loads = carried.filter(({ carrier }) => carrier === lit);
  return loads.length === 0
    ? null
    : `${nameOf(lit)} carries ${loads.map(({ position }) => nameOf(position)).join(", ")}.`;
}

function MergesLegend({ hasFallback }: { readonly hasFallback: boolean }) {
  const cell = (className: string) => <rect className={`merges-cell ${className}`} width={12} height={12} />;
  return (
    <div className="legend">
      <LegendItem sign={cell("merges-kept")} width={12}>
        kept
      </LegendItem>
      <LegendItem sign={cell("merges-carrier")} width={12}>
        carries others
      </LegendItem>
      <LegendItem sign={cell("merges-carried")} width={12}>
        carried on
      </LegendItem>
      <LegendItem sign={cell("merges-dropped")} width={12}>
        dropped
      </LegendItem>
      {hasFallback && (
        <LegendItem sign={cell("merges-carrier merges-fallback")} width={12}>
          merged by the fallback: its logit is near 0
        </LegendItem>
      )}
      <LegendItem sign={<circle className="merges-dot" cx={5} cy={6} r={3} />} width={10}>
        as this run did it
      </LegendItem>
    </div>
  );
}

function mergesTable(trace: Trace, event: EvictionEvent, aftermath: MergeAftermath | null): FigureTable {
  const { model } = trace.header;
  const heads = Array.from({ length: model.layerCount * model.kvHeadCount }, (_, head) => head);
  return {
    caption: `Evicted tokens at step ${event.step}, who carries each, and the change of the newest query’s output by head.`,
    columns: [
      ...[
        "part",
        "layer",
        "KV head",
        "position",
        "token",
        "carried by (position)",
        "closest kept (position)",
        "cosine",
      ],
      ...["change as done", "change if dropped", "change if averaged", "change by ZIP"],
      "query since the event",
    ],
    rows: heads.flatMap((head) => {
      const place = [layerOf(model, head), kvHeadOf(model, head)];
      const changes = event.merges?.changes;
      const tokens = carriedTokens(event, head).map(({ position, carrier, closest, cosine }) => [
        ...["token", ...place, position, tokenLabel(tokenText(trace, position)), carrier, closest, cosine],
        ...[null, null, null, null, null],
      ]);
      const change =
        changes === undefined
          ? []
          : [
              [
                ...["head", ...place, null, null, null, null, null],
                ...[changes.merged[head], changes.evicted[head], changes.convex[head], changes.zip[head], 0],
              ],
            ];
      const later = (aftermath?.changes ?? [])
        .slice(1)
        .map(({ merged, evicted, convex, zip }, at) => [
          ...["head", ...place, null, null, null, null, null],
          ...[merged[head], evicted[head], convex[head], zip[head], at + 1],
        ]);
      return [...tokens, ...change, ...later];
    }),
  };
}
