// The axes of a zoomable picture: whole numbers at the middle of their cell, words under columns that are wide enough.
import { axisTicks, type ZoomFrame } from "./zoomFrame";

interface ZoomAxesProps {
  readonly frame: ZoomFrame;
  readonly columnTitle: string;
  readonly rowTitle: string;
  /** Written with a wedge, in place of the ticks beside it. */
  readonly markedRow: number;
  readonly columnWord: (column: number) => string | null;
}

const TICK = 4;
/** Of 11 px monospace in the height that the frame leaves for words. */
const WORD_LETTERS = 9;

export function ZoomAxes({ frame, columnTitle, rowTitle, markedRow, columnWord }: ZoomAxesProps) {
  const { left, top, width, height, x, y, window } = frame;
  const bottom = top + height;
  const markedAt = y(markedRow + 0.5);
  const isMarked = markedAt >= 0 && markedAt <= height;
  const rowTicks = axisTicks(y, 34).filter((tick) => !isMarked || Math.abs(y(tick + 0.5) - markedAt) >= 13);
  const firstWord = Math.ceil(window.x0 - 0.5);
  const wordCount = frame.hasWords ? Math.floor(window.x1 - 0.5) - firstWord + 1 : 0;
  return (
    <g>
      <rect className="zoom-edge" x={left - 0.5} y={top - 0.5} width={width + 1} height={height + 1} />
      <text x={0} y={11}>
        {rowTitle} ↓
      </text>
      {rowTicks.map((tick) => (
        <g key={tick} transform={`translate(${left},${top + y(tick + 0.5)})`}>
          <line x1={-TICK} />
          <text x={-TICK - 3} y={4} textAnchor="end">
            {tick}
          </text>
        </g>
      ))}
      {isMarked && (
        <g transform={`translate(${left},${top + markedAt})`}>
          <path className="zoom-step-mark" d="M0,0l-7,-5v10Z" />
          <text className="zoom-step-label" x={-9} y={4} textAnchor="end">
            {markedRow}
          </text>
        </g>
      )}
      {axisTicks(x, 56).map((tick) => (
        <g key={tick} transform={`translate(${left + x(tick + 0.5)},${bottom})`}>
          <line y2={TICK} />
          <text y={15} textAnchor={x(tick + 0.5) > width - 14 ? "end" : "middle"}>
            {tick}
          </text>
        </g>
      ))}
      {Array.from({ length: wordCount }, (_, at) => firstWord + at).map((column) => (
        <text
          key={column}
          className="zoom-word"
          textAnchor="end"
          transform={`translate(${left + x(column + 0.5) + 4},${bottom + 21}) rotate(-90)`}
        >
          {shortened(columnWord(column) ?? "")}
        </text>
      ))}
      <text x={left + width} y={bottom + (frame.hasWords ? 92 : 28)} textAnchor="end">
        {columnTitle} →
      </text>
    </g>
  );
}

function shortened(word: string): string {
  return word.length > WORD_LETTERS ? `${word.slice(0, WORD_LETTERS - 1)}…` : word;
}
