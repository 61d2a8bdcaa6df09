// The player of a stream: the frame in the picture, what is still held of it, a scrubber over the whole stream, and the filmstrip of
// every frame, a row for each lane.
import { memo, useMemo, useState } from "react";
import { headCountOf } from "../../cache/headRows";
import { counted } from "../../lib/counted";
import { frameTokensOf, type StreamTrace } from "../../trace/stream/streamTrace";
import { LegendItem } from "../../ui/LegendItem";
import { Panel, type PanelHeading } from "../../ui/Panel";
import { ToolChoice, type ToolOption } from "../../ui/ToolChoice";
import { shadeOf } from "../stream/PatchIcon";
import { cellBox, cellByKey, cellUnder, FramePicture, type PatchRing } from "../stream/FramePicture";
import {
  headName,
  patchFacts,
  patchSentence,
  patchWords,
  rowAndColumn,
  shownBy,
  type PatchAt,
} from "../stream/patchFacts";
import { PatchNote, PatchTip, type PatchTipAt } from "../stream/PatchTip";
import { sharesSeen, streamLaneNames, type StreamHandlers, type StreamShown } from "../stream/streamShown";
import { LaneMark } from "../lanes/LaneMark";
import { Filmstrip } from "./Filmstrip";
import { frameShares, joinRings, lookRings, patchShares, showRings } from "./filmstrip";
import { Scrubber } from "./Scrubber";
import "./streamPlayer.css";

interface StreamPlayerProps extends StreamShown, StreamHandlers {
  readonly heading: PanelHeading;
  /** Patches that show what the question on show asks for. */
  readonly sights: readonly PatchAt[];
  readonly isPlaying: boolean;
  readonly onPlayPause: () => void;
}

const PICTURE = 268;
/** Sizes of the filmstrip's frames, by the number of lanes. */
const THUMBS = [160, 92, 72, 72] as const;
const noRings: readonly PatchRing[] = [];

export const StreamPlayer = memo(function StreamPlayer(props: StreamPlayerProps) {
  const { heading, lanes, stageLane, arrived, seen, frame, head, look, sights, version, provenance } = props;
  const { onFrame, onHead, onSeen, onStageLane, isPlaying, onPlayPause } = props;
  const [tip, setTip] = useState<(PatchTipAt & { readonly lane: number }) | null>(null);
  const trace = lanes[stageLane];
  const frameTokens = frameTokensOf(trace);
  const frameCount = trace.header.frames.length;
  const names = streamLaneNames(lanes);
  // Traces grow in place: `version` says when.
  const shares = useMemo(
    () => lanes.map((lane) => (version < 0 ? [] : sharesSeen(lane, seen, head))),
    [lanes, seen, head, version],
  );
  const rings = useMemo(() => {
    const shows = showRings(sights.filter((sight) => sight.frame < seen));
    return lanes.map((lane, at) =>
      look?.lane === at && look.answer < lane.answers.length
        ? joinRings(shows, lookRings(lane, look.answer, head))
        : shows,
    );
  }, [lanes, look, head, sights, seen]);
  const hasFrame = seen > 0;
  return (
    <Panel
      {...heading}
      provenance={[provenance, "derived"]}
      subtitle={`${counted(frameCount, "frame")} of 5 × 5 patches${lanes.length > 1 ? `; in the picture: ${names[stageLane]}` : ""}`}
      controls={<HeadPick trace={trace} head={head} onHead={onHead} />}
      table={() => playerTable(trace, seen, head)}
    >
      <div className="stream-player">
        <div className="stream-player-picture">
          {hasFrame ? (
            <Picture {...props} shares={shares[stageLane]} rings={rings[stageLane].get(frame) ?? noRings} />
          ) : (
            <p className="stream-player-blank" style={{ width: PICTURE, height: PICTURE }}>
              No frame yet
            </p>
          )}
        </div>
        <div className="stream-player-strips">
          <div className="stream-player-transport">
            <button type="button" className="stream-play" onClick={onPlayPause} title="Play or pause (Space)">
              {isPlaying ? "❚❚ Pause" : "▶ Play"}
            </button>
            <button type="button" aria-label="One frame back" disabled={seen === 0} onClick={() => onSeen(seen - 1)}>
              ‹
            </button>
            <button type="button" aria-label="One frame on" disabled={seen >= arrived} onClick={() => onSeen(seen + 1)}>
              ›
            </button>
            <output className="stream-player-count">
              <strong>{seen}</strong> of {counted(frameCount, "frame")} seen
              {arrived < frameCount && arrived > seen && `, ${arrived} watched so far`}
            </output>
          </div>
          <Scrubber
            shares={frameShares(shares[stageLane], frameTokens)}
            compressions={trace.compressions.map(({ framesSeen }) => framesSeen)}
            {...{ frameCount, arrived, seen, onSeen }}
          />
          {lanes.map((lane, at) => (
            <div key={at} className="stream-player-row">
              {lanes.length > 1 && (
                <button
                  type="button"
                  className="stream-player-lane"
                  aria-pressed={at === stageLane}
                  title={`Lane ${at + 1}, ${names[at]}: show it in the picture`}
                  onClick={() => onStageLane(at)}
                >
                  <LaneMark lane={at} /> {names[at]}
                </button>
              )}
              <Filmstrip
                trace={lane}
                size={THUMBS[lanes.length - 1]}
                label={`Filmstrip${lanes.length > 1 ? ` of lane ${at + 1}, ${names[at]}` : ""}: ${counted(seen, "frame")} seen`}
                shares={shares[at]}
                rings={rings[at]}
                {...{ seen, frame }}
                onFrame={(next) => {
                  onStageLane(at);
                  onFrame(next);
                }}
                onTip={(next) => setTip(next === null ? null : { ...next, lane: at })}
              />
            </div>
          ))}
          <PlayerLegend isAnswer={look !== null} hasSights={sights.length > 0} isOneHead={head !== null} />
        </div>
      </div>
      {tip !== null && tip.patch.frame < seen && <PatchTip at={tip} trace={lanes[tip.lane]} seen={seen} head={head} />}
    </Panel>
  );
});

interface PictureProps extends StreamPlayerProps {
  readonly shares: ArrayLike<number>;
  readonly rings: readonly PatchRing[];
}

/** The frame in large, with a cursor that the keyboard moves; what it is at stands below. */
function Picture({ lanes, stageLane, seen, frame, head, shares, rings, onFrame }: PictureProps) {
  const trace = lanes[stageLane];
  const frameTokens = frameTokensOf(trace);
  const patches = shownBy(trace, frame);
  const [cell, setCell] = useState<number | null>(null);
  const ownShares = patchShares(shares, frameTokens, frame);
  const heldCount = ownShares.filter((share) => share > 0).length;
  return (
    <>
      <div className="stream-picture-head">
        <button
          type="button"
          aria-label="Picture of the frame before"
          disabled={frame === 0}
          onClick={() => onFrame(frame - 1)}
        >
          ‹
        </button>
        <span>
          <strong>Frame {frame + 1}</strong>
          {frame + 1 === seen ? ", the newest" : `, ${counted(seen - frame - 1, "frame")} ago`}
        </span>
        <button
          type="button"
          aria-label="Picture of the frame after"
          disabled={frame + 1 >= seen}
          onClick={() => onFrame(frame + 1)}
        >
          ›
        </button>
      </div>
      <div
        className="stream-picture"
        role="group"
        aria-label={`Frame ${frame + 1}; the arrow keys go from patch to patch`}
        tabIndex={0}
        onPointerMove={(event) => setCell(cellUnder(event))}
        onPointerDown={(event) => setCell(cellUnder(event))}
        onPointerLeave={() => setCell(null)}
        onBlur={() => setCell(null)}
        onKeyDown={(event) => {
          const next = cellByKey(event, cell ?? 0);
          if (next === null || event.shiftKey || event.ctrlKey || event.metaKey) return;
          event.preventDefault();
          setCell(cell === null ? 0 : next);
        }}
      >
        <FramePicture patches={patches} heldShares={ownShares} rings={rings} size={PICTURE} />
        {cell !== null && <span className="stream-picture-cursor" style={cellBox(cell)} aria-hidden="true" />}
      </div>
      <div className="stream-picture-note" aria-live="polite">
        {cell === null ? (
          <p>
            {head === null
              ? `${heldCount} of ${patches.length} patches are still held by a head. Point at one, or at the filmstrip, for who holds it.`
              : `${heldCount} of ${patches.length} patches are still held by ${headName(trace.header, head)}.`}
          </p>
        ) : (
          <PatchNote trace={trace} seen={seen} patch={{ frame, cell }} head={head} />
        )}
      </div>
    </>
  );
}

interface HeadPickProps {
  readonly trace: StreamTrace;
  readonly head: number | null;
  readonly onHead: (head: number | null) => void;
}

function HeadPick({ trace, head, onHead }: HeadPickProps) {
  const { header } = trace;
  const options: readonly ToolOption<number>[] = [
    [-1, "share of all heads"],
    ...Array.from({ length: headCountOf(header.model) }, (_, at) => [at, headName(header, at)] as const),
  ];
  return (
    <ToolChoice
      label="held by"
      value={head ?? -1}
      options={options}
      onChange={(value) => onHead(value < 0 ? null : value)}
    />
  );
}

interface PlayerLegendProps {
  readonly isAnswer: boolean;
  readonly hasSights: boolean;
  readonly isOneHead: boolean;
}

function PlayerLegend({ isAnswer, hasSights, isOneHead }: PlayerLegendProps) {
  return (
    <div className="legend">
      <LegendItem
        width={54}
        sign={[1, 0.5, 0].map((share, at) => (
          <g key={share}>
            <rect className="patch-ground" x={at * 18} width={16} height={12} />
            <rect className="patch-person-1" x={at * 18 + 4} y={3} width={8} height={6} />
            <rect className="patch-shade" x={at * 18} width={16} height={12} opacity={shadeOf(share)} />
          </g>
        ))}
      >
        {isOneHead ? "held; evicted (dark)" : "held by all heads, by half, by none"}
      </LegendItem>
      {hasSights && (
        <LegendItem
          width={14}
          sign={<rect className="frame-ring-shows" x={2} y={1.5} width={10} height={9} rx={1.5} />}
        >
          shows what is asked for
        </LegendItem>
      )}
      {isAnswer && (
        <LegendItem
          width={30}
          sign={[0.3, 1].map((strength, at) => (
            <rect
              key={at}
              className="frame-ring-looked"
              x={1 + at * 15}
              y={1}
              width={12}
              height={10}
              opacity={strength}
            />
          ))}
        >
          the answer looked here: a little, most
        </LegendItem>
      )}
    </div>
  );
}

/** Every patch that the frames have shown so far. */
function playerTable(trace: StreamTrace, seen: number, head: number | null) {
  return {
    caption: `Patches of the frames seen after ${counted(seen, "frame")}, ${head === null ? "all heads" : headName(trace.header, head)}`,
    columns: ["frame", "row", "column", "patch", "heads that hold it", "heads", "state"],
    rows: Array.from({ length: seen }, (_, frame) =>
      shownBy(trace, frame).map((_patch, cell) => {
        const facts = patchFacts(trace, seen, { frame, cell });
        return [
          ...[frame + 1, ...rowAndColumn(cell), patchWords(facts.name)],
          ...[facts.heldHeads, facts.fates.length, patchSentence(facts, head)],
        ];
      }),
    ).flat(),
  };
}
