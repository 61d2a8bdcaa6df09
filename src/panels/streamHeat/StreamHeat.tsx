// What decided a compression: TaR and VaN of one head over the patches that it held, and which of them stayed for which reason.
import { memo, useMemo, useState } from "react";
import type { StreamCompression, StreamTrace } from "../../trace/stream/streamTrace";
import { headCountOf } from "../../cache/headRows";
import { counted } from "../../lib/counted";
import { LegendItem } from "../../ui/LegendItem";
import { writtenNumber } from "../../ui/numbers";
import { Panel, type PanelHeading } from "../../ui/Panel";
import { sequentialColour, type Theme } from "../../ui/scale";
import { SequentialLegend } from "../../ui/SequentialLegend";
import { ToolChoice } from "../../ui/ToolChoice";
import { FRAME_EXTENT, placed } from "../stream/FramePicture";
import { fateWords, headName, patchTitle, stayReasons } from "../stream/patchFacts";
import { PATCH_BOX, patchShape } from "../stream/patchShapes";
import { streamLaneNames, type StreamHandlers, type StreamShown } from "../stream/streamShown";
import {
  fateMarks,
  heatOf,
  heatScores,
  heatShare,
  heatTable,
  scoreNames,
  type Heat,
  type HeatFrame,
  type HeatScore,
} from "./heat";
import "./streamHeat.css";

type StreamHeatProps = Pick<
  StreamShown & StreamHandlers,
  "lanes" | "stageLane" | "seen" | "head" | "version" | "provenance" | "theme" | "onHead" | "onSeen"
> & { readonly heading: PanelHeading };

export const StreamHeat = memo(function StreamHeat(props: StreamHeatProps) {
  const { heading, lanes, stageLane, seen, provenance, theme, onHead, onSeen } = props;
  const trace = lanes[stageLane];
  const head = props.head ?? 0;
  const { compressions } = trace;
  const at = compressions.findLastIndex(({ framesSeen }) => framesSeen <= seen);
  const compression = at < 0 ? null : compressions[at];
  return (
    <Panel
      {...heading}
      provenance={[provenance, "derived"]}
      subtitle={lanes.length > 1 ? streamLaneNames(lanes)[stageLane] : undefined}
      controls={
        <ToolChoice
          label="head"
          value={head}
          options={Array.from(
            { length: headCountOf(trace.header.model) },
            (_, each) => [each, headName(trace.header, each)] as const,
          )}
          onChange={onHead}
        />
      }
      {...(compression !== null && { table: () => heatTable(trace, compression, head) })}
    >
      {compression === null ? (
        <p className="panel-empty">
          {trace.header.recipe.choices.capFrames === null
            ? "The full cache is never compressed: choose another lane."
            : `No compression after ${counted(seen, "frame")}: the cache still holds everything.`}
        </p>
      ) : (
        <>
          <div className="stream-heat-head">
            <button
              type="button"
              aria-label="Compression before"
              disabled={at === 0}
              onClick={() => onSeen(compressions[at - 1].framesSeen)}
            >
              ‹
            </button>
            <span>
              Compression <strong>{at + 1}</strong> of {compressions.length}, after {compression.framesSeen} frames
            </span>
            <button
              type="button"
              aria-label="Compression after"
              disabled={at + 1 >= compressions.length}
              onClick={() => onSeen(compressions[at + 1].framesSeen)}
            >
              ›
            </button>
          </div>
          <HeatRows trace={trace} compression={compression} head={head} theme={theme} />
        </>
      )}
    </Panel>
  );
});

interface HeatRowsProps {
  readonly trace: StreamTrace;
  readonly compression: StreamCompression;
  readonly head: number;
  readonly theme: Theme;
}

function HeatRows({ trace, compression, head, theme }: HeatRowsProps) {
  const heat = useMemo(() => heatOf(trace, compression, head), [trace, compression, head]);
  const [note, setNote] = useState("");
  return (
    <>
      {heatScores.map((score) => (
        <HeatRow key={score} {...{ heat, score, theme }} onNote={setNote} />
      ))}
      <p className="stream-heat-note">
        {note === "" ? `${headName(trace.header, head)}: every frame of which it held a patch. Point at one.` : note}
      </p>
      <div className="legend">
        {stayReasons
          .filter((fate) => heat.frames.some(({ patches }) => patches.some((patch) => patch.fate === fate)))
          .map((fate) => (
            <LegendItem
              key={fate}
              width={14}
              height={14}
              sign={
                <>
                  <rect className="stream-heat-fate" width={14} height={14} rx={2} />
                  <text className="stream-heat-letter" x={7} y={11} textAnchor="middle">
                    {fateMarks[fate]}
                  </text>
                </>
              }
            >
              {fateWords(fate)}
            </LegendItem>
          ))}
        <LegendItem
          width={14}
          height={14}
          sign={
            <>
              <rect width={14} height={14} fill={sequentialColour(0.4, theme)} />
              <path className="stream-heat-gone" d="M0,14L14,0" />
            </>
          }
        >
          evicted
        </LegendItem>
      </div>
    </>
  );
}

interface HeatRowProps {
  readonly heat: Heat;
  readonly score: HeatScore;
  readonly theme: Theme;
  readonly onNote: (note: string) => void;
}

const SIZE = 92;

/** Colour by score; a patch that the head did not hold is left out. */
function HeatRow({ heat, score, theme, onNote }: HeatRowProps) {
  const range = heat.ranges[score];
  if (range === null) return null;
  return (
    <section className="stream-heat-row">
      <h3>
        <SequentialLegend
          label={scoreNames[score]}
          low={writtenNumber(range.least)}
          high={writtenNumber(range.most)}
          theme={theme}
        />
      </h3>
      <div
        className="stream-heat-strip"
        role="region"
        aria-label={`${scoreNames[score]}, frame by frame; its numbers are in the panel’s table`}
        tabIndex={0}
        onPointerLeave={() => onNote("")}
      >
        {heat.frames.map((frame) => (
          <HeatPicture key={frame.frame} {...{ frame, score, range, theme, onNote }} />
        ))}
      </div>
    </section>
  );
}

interface HeatPictureProps extends Omit<HeatRowProps, "heat"> {
  readonly frame: HeatFrame;
  readonly range: NonNullable<Heat["ranges"][HeatScore]>;
}

const HeatPicture = memo(function HeatPicture({ frame, score, range, theme, onNote }: HeatPictureProps) {
  return (
    <div className="stream-heat-frame">
      <svg width={SIZE} height={SIZE} viewBox={`0 0 ${FRAME_EXTENT} ${FRAME_EXTENT}`} aria-hidden="true">
        <rect className="stream-heat-ground" width={FRAME_EXTENT} height={FRAME_EXTENT} />
        {frame.patches.map((patch) => {
          const { cell, name, scores, fate } = patch;
          const value = scores[score];
          const words = value === null ? "no score: it is one of those compared with" : writtenNumber(value);
          return (
            <g
              key={cell}
              transform={placed(cell)}
              onPointerMove={() =>
                onNote(`${patchTitle({ ...patch, frame: frame.frame })}: ${words}; ${fateWords(fate)}.`)
              }
            >
              <rect
                className={value === null ? "patch-ground" : undefined}
                fill={value === null ? undefined : sequentialColour(heatShare(value, range), theme)}
                width={PATCH_BOX}
                height={PATCH_BOX}
              />
              <g transform="translate(3.5,3.5) scale(0.66)">
                <rect className="patch-ground" width={PATCH_BOX} height={PATCH_BOX} />
                {patchShape(name)}
              </g>
              {fate === "gone" ? (
                <path className="stream-heat-gone" d={`M0,${PATCH_BOX}L${PATCH_BOX},0`} />
              ) : (
                <>
                  <rect className="stream-heat-fate" width={6.5} height={6.5} rx={1} />
                  <text className="stream-heat-letter stream-heat-letter-small" x={3.25} y={5.5} textAnchor="middle">
                    {fateMarks[fate]}
                  </text>
                </>
              )}
            </g>
          );
        })}
      </svg>
      <span className="filmstrip-number">{frame.frame + 1}</span>
    </div>
  );
});
