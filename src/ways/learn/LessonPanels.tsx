// The stage of a lesson: the panels that the part names, in as many columns as there is room for, with what the part lights up.
import { memo, useEffect, useMemo, useState } from "react";
import { StageCell } from "../../panels/stage/StageCell";
import { parsePanelName, type PanelName } from "../../state/arrangement";
import { PanelFrameContext, type PanelFrame } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import type { LessonStageSpec } from "./lessonFile";

interface LessonPanelsProps {
  readonly shown: readonly PanelName[];
  readonly light: LessonStageSpec["light"];
  readonly onTell: PanelFrame["onTell"];
}

/** CSS pixels from which there are two columns. */
const TWO_COLUMNS = 640;

export const LessonPanels = memo(function LessonPanels({ shown, light, onTell }: LessonPanelsProps) {
  const [stage, { width }] = useElementSize<HTMLDivElement>({ width: 800, height: 0 });
  const [maximised, setMaximised] = useState<PanelName | null>(null);
  const frame = useMemo(
    (): PanelFrame => ({
      maximised,
      onMaximise: (name) => setMaximised((before) => (before === name ? null : parsePanelName(name))),
      onTell,
    }),
    [maximised, onTell],
  );
  useLight(light);
  const columns = maximised !== null ? [[maximised]] : columnsOf(shown, width);
  return (
    <PanelFrameContext value={frame}>
      <div ref={stage} className="lesson-panels">
        {columns.map((names) => (
          // It scrolls, so the keyboard must reach it.
          <div key={names.join()} className="lesson-column" role="group" aria-label="Panels" tabIndex={0}>
            {names.map((name) => (
              <StageCell key={name} name={name} />
            ))}
          </div>
        ))}
      </div>
    </PanelFrameContext>
  );
});

/** The text, where there is one, has a column to itself. */
function columnsOf(shown: readonly PanelName[], width: number): readonly (readonly PanelName[])[] {
  if (width < TWO_COLUMNS || shown.length === 1) return [shown];
  const first = shown.includes("text") ? "text" : shown[0];
  return [[first], shown.filter((name) => name !== first)];
}

/** A sheet of the document: the panels draw themselves anew at each step, and their marks stay lit. */
function useLight({ positions, heads, panels }: LessonStageSpec["light"]): void {
  useEffect(() => {
    const selectors = [
      ...positions.map((position) => `.lesson-panels .token[data-position="${position}"]`),
      ...heads.map((head) => `.lesson-panels .map-cell[data-cell="${head}"]`),
      ...panels.map((panel) => `.lesson-panels .stage-cell-${panel} > .panel`),
    ];
    if (selectors.length === 0) return;
    const sheet = new CSSStyleSheet();
    sheet.insertRule(
      `${selectors.join()} { outline: 2px solid var(--window); outline-offset: 1px; border-radius: 3px; }`,
    );
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    return () => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
    };
  }, [positions, heads, panels]);
}
