// The pictures of all strips on one canvas, over it what is lit and how far each head agrees with the focused one, and the
// strip of all heads together.
import { headCountOf, kvHeadOf, layerOf } from "../../cache/headRows";
import { memo, useCallback } from "react";
import { scaleLinear } from "d3";
import type { Trace } from "../../trace/trace";
import { cacheSeenByStep, positionToSlot } from "../../trace/replay";
import { Canvas, fillPixels, PixelCanvas, type PixelImage } from "../../ui/Canvas";
import { writtenShare } from "../../ui/numbers";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import { pixelWord } from "../../ui/zoom/paintBins";
import { focusHead, type Focus } from "../focus";
import { keepingHeads } from "../heads/keepingHeads";
import { sequentialWords } from "../matrix/matrix";
import { stripCorner, stripsSize, type MapGeometry } from "./geometry";
import { agreementsWith, type HeadsFigures } from "./heads";
import { heldCounts, mapMarks, type MapView } from "./layout";
import { paintStrips, type StripPaint } from "./paintStrips";

interface MapStripsProps {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly view: MapView;
  readonly geometry: MapGeometry;
  readonly theme: Theme;
  /** Position pointed at or pinned. */
  readonly lit: number | null;
  /** Position of which the heads that keep it stand out; null for none. */
  readonly found: number | null;
}

export const MapStrips = memo(function MapStrips(props: MapStripsProps) {
  const { trace, step, focus, view, geometry, theme, lit, found } = props;
  const { model, promptTokens } = trace.header;
  const { quantity, axis } = view;
  // Only agreement depends on who is focused.
  const compared = quantity === "agreement" ? focusHead(model, focus) : 0;
  const paint = useCallback(
    (image: PixelImage) => {
      const marks = mapMarks(trace, step, { quantity, focusHead: compared });
      const options = { axis, promptCount: promptTokens.length, kvHeadCount: model.kvHeadCount };
      paintStrips(image, marks, geometry, { ...options, paint: stripPaint(theme) });
    },
    [trace, step, quantity, compared, axis, geometry, theme, model, promptTokens],
  );
  const { width, height } = stripsSize(geometry);
  const numbers = hasRoomForNumbers(geometry) ? stripNumbers(trace, step, view, compared) : [];
  return (
    <div className="map-strips" style={{ gridArea: `2 / 2 / ${geometry.rowCount + 2} / -1` }} aria-hidden="true">
      <PixelCanvas width={width} height={height} paint={paint} />
      {lit !== null && <LitMarks trace={trace} step={axis === "slot" ? step : null} {...{ lit, geometry, theme }} />}
      {found !== null && <FoundHeads {...{ trace, step, position: found, geometry, theme }} />}
      {numbers.map((text, head) => (
        <StripNumber
          key={head}
          text={text}
          layer={layerOf(model, head)}
          kvHead={kvHeadOf(model, head)}
          geometry={geometry}
        />
      ))}
    </div>
  );
});

/** What stands in each strip: how far it agrees with the focused head, or its slots where heads hold different numbers. */
function stripNumbers(trace: Trace, step: number, { quantity }: MapView, compared: number): readonly string[] {
  if (quantity === "agreement") return Array.from(agreementsWith(trace, step, compared), writtenShare);
  return heldCounts(trace, step)?.map(String) ?? [];
}

/** A number is two characters wide at least, and as high as a line. */
export function hasRoomForNumbers({ cellWidth, cellHeight }: MapGeometry): boolean {
  return cellWidth >= 40 && cellHeight >= 14;
}

function stripPaint(theme: Theme): StripPaint {
  const word = (name: string): number => pixelWord(themeColour(name, theme));
  return {
    ramp: sequentialWords(theme),
    ground: word("--track"),
    held: word("--held"),
    evicted: word("--evicted"),
    carried: word("--carried"),
    dead: word("--dead"),
    read: word("--kept"),
    recorded: word("--kept"),
    window: word("--window"),
    promptEdge: word("--line"),
    budgetEdge: word("--ink-soft"),
  };
}

interface LitMarksProps {
  readonly trace: Trace;
  /** Step whose slots the strips show; null where they show the text, in which a token stays where it is. */
  readonly step: number | null;
  readonly lit: number;
  readonly geometry: MapGeometry;
  readonly theme: Theme;
}

/** A line across every strip that has the token. */
const LitMarks = memo(function LitMarks({ trace, step, lit, geometry, theme }: LitMarksProps) {
  const { model } = trace.header;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { x, cellWidth, cellHeight } = geometry;
      context.fillStyle = themeColour("--ink", theme);
      context.globalAlpha = 0.6;
      for (let head = 0; head < headCountOf(model); head++) {
        const place = step === null ? lit : positionToSlot(cacheSeenByStep(trace, step), head, lit);
        if (place < 0) continue;
        const corner = stripCorner(geometry, layerOf(model, head), kvHeadOf(model, head));
        if (corner === null) continue;
        const { left, top } = corner;
        const from = Math.round(x(place));
        const width = Math.round(Math.max(2, x(1) - x(0)));
        context.fillRect(left + from, top, Math.min(width, cellWidth - from), cellHeight);
      }
      context.globalAlpha = 1;
    },
    [trace, step, lit, geometry, theme, model],
  );
  return (
    <div className="map-lit">
      <Canvas {...stripsSize(geometry)} draw={draw} />
    </div>
  );
});

interface FoundHeadsProps {
  readonly trace: Trace;
  readonly step: number;
  readonly position: number;
  readonly geometry: MapGeometry;
  readonly theme: Theme;
}

/** Strips of heads that do not keep the position fade, the others are outlined; nothing where all keep it or none does. */
const FoundHeads = memo(function FoundHeads({ trace, step, position, geometry, theme }: FoundHeadsProps) {
  const { model } = trace.header;
  const draw = useCallback(
    (context: CanvasRenderingContext2D) => {
      const { cellWidth, cellHeight } = geometry;
      const { kept, headCount } = keepingHeads(trace, step, position);
      if (kept.length === 0 || kept.length === headCount) return;
      const keeping = new Set(kept);
      const [ground, mark] = [themeColour("--panel", theme), themeColour("--kept", theme)];
      for (let head = 0; head < headCount; head++) {
        const corner = stripCorner(geometry, layerOf(model, head), kvHeadOf(model, head));
        if (corner === null) continue;
        const isKeeping = keeping.has(head);
        context.globalAlpha = isKeeping ? 1 : 0.65;
        context.fillStyle = ground;
        context.strokeStyle = mark;
        context.lineWidth = 1.5;
        if (isKeeping) context.strokeRect(corner.left + 0.75, corner.top + 0.75, cellWidth - 1.5, cellHeight - 1.5);
        else context.fillRect(corner.left, corner.top, cellWidth, cellHeight);
      }
      context.globalAlpha = 1;
    },
    [trace, step, position, geometry, theme, model],
  );
  return (
    <div className="map-lit">
      <Canvas {...stripsSize(geometry)} draw={draw} />
    </div>
  );
});

interface StripNumberProps extends Focus {
  readonly text: string;
  readonly geometry: MapGeometry;
}

const StripNumber = memo(function StripNumber({ text, layer, kvHead, geometry }: StripNumberProps) {
  const corner = stripCorner(geometry, layer, kvHead);
  if (corner === null) return null;
  return (
    <span className="map-number" style={{ ...corner, width: geometry.cellWidth }}>
      <span>{text}</span>
    </span>
  );
});

interface UnionStripProps {
  readonly figures: HeadsFigures;
  readonly width: number;
  /** How many positions the axis spans. */
  readonly positionCount: number;
  readonly theme: Theme;
}

const UNION_HEIGHT = 30;
const UNION_BASE = 22;

/** How many heads hold each token. A gap is memory that could be given back token by token. */
export const UnionStrip = memo(function UnionStrip({ figures, width, positionCount, theme }: UnionStripProps) {
  const { share, carried } = figures;
  const paint = useCallback(
    (image: PixelImage) => {
      const x = scaleLinear([0, positionCount], [0, width]);
      const markWidth = Math.max(1, Math.floor(x(1)) - (x(1) > 3 ? 1 : 0));
      const ramp = sequentialWords(theme);
      const [gone, taken] = ["--evicted", "--carried"].map((name) => pixelWord(themeColour(name, theme)));
      for (let position = 0; position < share.length; position++) {
        const held = share[position];
        const isEvicted = held === 0;
        const left = Math.floor(x(position));
        const right = Math.min(width, left + (isEvicted ? Math.max(2, markWidth) : markWidth));
        const [top, bottom] = isEvicted ? [UNION_BASE + 2, UNION_BASE + 8] : [UNION_BASE * (1 - held), UNION_BASE];
        const rect = {
          left: Math.round(left * image.ratio),
          right: Math.round(right * image.ratio),
          top: top * image.ratio,
          bottom: Math.round(bottom * image.ratio),
        };
        const goneColour = (carried?.[position] ?? 0) > 0 ? taken : gone;
        fillPixels(image, rect, isEvicted ? goneColour : ramp[Math.round(255 * held)]);
      }
    },
    [share, carried, width, positionCount, theme],
  );
  return (
    <div className="map-union">
      <PixelCanvas width={width} height={UNION_HEIGHT} paint={paint} />
    </div>
  );
});

/** What the strip says, in a sentence. */
export function unionSentence(figures: HeadsFigures): string {
  const { agreement, chance } = figures;
  const evicted = goneSentence(figures);
  if (Number.isNaN(agreement)) return evicted;
  return `${evicted} Two heads keep ${writtenShare(agreement)} of the same tokens (${writtenShare(chance)} expected by chance).`;
}

function goneSentence({ share, carried, heldSomewhere, evictedEverywhere }: HeadsFigures): string {
  const written = heldSomewhere + evictedEverywhere;
  if (evictedEverywhere === 0) return "Every token is held by some head.";
  const are = evictedEverywhere === 1 ? "is" : "are";
  if (carried === null) return `${evictedEverywhere} of ${written} tokens ${are} evicted from every head.`;
  const carriedCount = share.filter((held, position) => held === 0 && carried[position] > 0).length;
  return `${evictedEverywhere} of ${written} tokens ${are} held by no head: ${carriedCount} carried by others in some, ${evictedEverywhere - carriedCount} dropped by all.`;
}
