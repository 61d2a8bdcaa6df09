// The panels on the page from outside of them: which there are, and files of each. A panel's own menu does the same.
import { figureCsv, type FigureTable } from "./figureTable";
import { download, pngBlob, svgBlob } from "./pictureFile";
import { svgPicture } from "./svgPicture";

export type PanelFileType = "png" | "svg" | "csv";

export interface ShownPanel {
  readonly name: string;
  readonly title: string;
  readonly hasTable: boolean;
}

/** What each panel draws, as it last told; a panel that leaves the page takes its table along. */
const tables = new WeakMap<Element, () => FigureTable>();

/** Called by a panel whenever it draws. */
export function rememberTable(panel: Element, table: () => FigureTable): void {
  tables.set(panel, table);
}

/** In page order. */
export function shownPanels(): readonly ShownPanel[] {
  return [...document.querySelectorAll("section.panel")].flatMap((panel) => {
    const name = /\bpanel-(?!maximised\b)([\w-]+)/.exec(panel.className)?.[1];
    const title = panel.querySelector("h2")?.textContent ?? name;
    return name === undefined || title === undefined ? [] : [{ name, title, hasTable: tables.has(panel) }];
  });
}

/** Throws Error where the panel has left the page, or the browser cannot make the file. */
export async function savePanel({ name, title }: ShownPanel, type: PanelFileType): Promise<void> {
  const panel = document.querySelector<HTMLElement>(`section.panel-${name}`);
  if (panel === null) throw new Error(`the ${title} panel is not on the page`);
  await broughtIntoView(panel);
  const fileName = `winnow-${name}.${type}`;
  if (type === "csv") {
    const table = tables.get(panel);
    if (table === undefined) throw new Error(`the ${title} panel has no table`);
    download(new Blob([figureCsv(table())], { type: "text/csv" }), fileName);
    return;
  }
  const picture = svgPicture(panel);
  download(type === "png" ? await pngBlob(picture) : svgBlob(picture), fileName);
}

/** A panel out of sight rests and shows an older step: it is drawn anew before it is looked at. */
async function broughtIntoView(panel: HTMLElement): Promise<void> {
  panel.scrollIntoView({ block: "center", behavior: "instant" });
  // One frame to be seen, one to be drawn, one to be painted.
  for (let frame = 0; frame < 3; frame++) await new Promise((resolve) => requestAnimationFrame(resolve));
}
