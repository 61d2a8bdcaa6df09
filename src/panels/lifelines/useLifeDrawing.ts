// The drawing of the rows in view: their marks are made again when the rows change, the picture also for a hover.
import { useCallback, useMemo } from "react";
import type { Theme } from "../../ui/scale";
import { themeColour } from "../../ui/useTheme";
import type { Trace } from "../../trace/trace";
import type { Selection } from "../selection";
import { drawRows, type LifePaint } from "./drawRows";
import { lifeMarks, ROW_HEIGHT, visibleRows, type LifeGeometry } from "./layout";
import { lifeRow } from "./rows";

interface LifeDrawing extends Selection {
  readonly trace: Trace;
  readonly step: number;
  readonly head: number;
  readonly theme: Theme;
  readonly positions: Int32Array;
  readonly lastUses: Int32Array | null;
  readonly geometry: LifeGeometry;
  readonly scrollTop: number;
  readonly viewHeight: number;
}

export function useLifeDrawing(drawing: LifeDrawing): (context: CanvasRenderingContext2D) => void {
  const { trace, step, head, theme, positions, lastUses, geometry, scrollTop, viewHeight, hovered, pinned } = drawing;
  const lives = useMemo(() => {
    // Fewer rows than before leave the view further down than there is anything.
    const top = Math.min(scrollTop, Math.max(0, positions.length * ROW_HEIGHT - viewHeight));
    const { first, end } = visibleRows(top, viewHeight, positions.length);
    return Array.from(positions.subarray(first, end), (position, place) => {
      const row = lifeRow(trace, step, position, { head, lastUses });
      return { row, marks: lifeMarks(trace, step, row, geometry), top: (first + place) * ROW_HEIGHT - top };
    });
  }, [trace, step, positions, head, lastUses, geometry, scrollTop, viewHeight]);
  return useCallback(
    (context: CanvasRenderingContext2D) =>
      drawRows(context, {
        lives: lives.map((life) => ({
          ...life,
          isHovered: life.row.position === hovered,
          isPinned: life.row.position === pinned,
        })),
        geometry,
        step,
        height: viewHeight,
        paint: lifePaint(theme),
      }),
    [lives, geometry, step, viewHeight, theme, hovered, pinned],
  );
}

function lifePaint(theme: Theme): LifePaint {
  const colour = (name: string): string => themeColour(name, theme);
  return {
    ink: colour("--ink"),
    inkSoft: colour("--ink-soft"),
    line: colour("--line"),
    panel: colour("--panel"),
    kept: colour("--kept"),
    evicted: colour("--evicted"),
    window: colour("--window"),
    mono: colour("--mono"),
  };
}
