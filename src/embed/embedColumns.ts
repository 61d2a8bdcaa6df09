// Divides the panels of an embedded page into as many columns as the frame has room for. Pure.
//
//   text, map, score at 800 px        the same at 360 px, one below the other
//   ┌──────┬───────┐                  ┌───────┐
//   │ text │ map   │                  │ text  │
//   │      │ score │                  │ map   │
//   └──────┴───────┘                  │ score │
//                                     └───────┘
import type { PanelName } from "../state/arrangement";

/** CSS pixels from which there are two columns, and three. */
const columnStarts = [600, 1160] as const;

/** Panels by column, in the requested order; the text gets a column to itself if there are several. */
export function embedColumns(panels: readonly PanelName[], width: number): readonly (readonly PanelName[])[] {
  const room = 1 + columnStarts.filter((start) => width >= start).length;
  const count = Math.min(room, panels.length);
  if (count <= 1) return panels.length === 0 ? [] : [panels];
  if (!panels.includes("text")) return dealt(panels, count);
  const others = panels.filter((panel) => panel !== "text");
  const columns = dealt(others, count - 1);
  return panels[0] === "text" ? [["text"], ...columns] : [...columns, ["text"]];
}

/** Runs of nearly equal length, the longer ones last. */
function dealt(panels: readonly PanelName[], count: number): readonly (readonly PanelName[])[] {
  return Array.from({ length: count }, (_, column) =>
    panels.slice(Math.floor((column * panels.length) / count), Math.floor(((column + 1) * panels.length) / count)),
  );
}
