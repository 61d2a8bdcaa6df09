// The stage of a lesson: the panels that the part names, in as many columns as there is room for, with what the part lights up.
import { memo, useEffect } from "react";
import { PanelColumns } from "../../panels/stage/PanelColumns";
import type { PanelName } from "../../state/arrangement";
import type { PanelFrame } from "../../ui/Panel";
import type { LessonStageSpec } from "./lessonFile";

interface LessonPanelsProps {
  readonly shown: readonly PanelName[];
  readonly light: LessonStageSpec["light"];
  readonly onTell: PanelFrame["onTell"];
}

export const LessonPanels = memo(function LessonPanels({ shown, light, onTell }: LessonPanelsProps) {
  useLight(light);
  return <PanelColumns shown={shown} columnsOf={columnsOf} onTell={onTell} />;
});

/** CSS pixels from which there are two columns. */
const TWO_COLUMNS = 640;

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
      ...positions.map((position) => `.panel-columns .token[data-position="${position}"]`),
      ...heads.map((head) => `.panel-columns .map-cell[data-cell="${head}"]`),
      ...panels.map((panel) => `.panel-columns .stage-cell-${panel} > .panel`),
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
