// The panels on the page from outside of them: which there are, and files of each. A panel's own menu does the same.
import { figureCsv, type FigureTable } from "./figureTable";
import { download, pngBlob, svgBlob } from "./pictureFile";
import { svgPicture } from "./svgPicture";

export type PanelFileType = "png" | "svg" | "csv";

export interface ShownPanel {
  readonly name: string;
  readonly title: string;
}

/** What each panel draws, as it last told; a panel that leaves the page takes its table along. */
const tables = new WeakMap<Element, () => FigureTable>();

/** Code of a panel that is not here by then does not come. */
const PATIENCE_MS = 5000;

/** Called by a panel whenever it draws. */
export function rememberTable(panel: Element, table: () => FigureTable): void {
  tables.set(panel, table);
}

/** What a panel draws, as it last told. Throws Error where it tells nothing. */
export function rememberedTable(panel: Element): () => FigureTable {
  const table = tables.get(panel);
  if (table === undefined) throw new Error("the panel has no table");
  return table;
}

/** In page order. */
export function shownPanels(): readonly ShownPanel[] {
  return [...document.querySelectorAll("section.panel")].flatMap((panel) => {
    const name = /\bpanel-(?!maximised\b)([\w-]+)/.exec(panel.className)?.[1];
    const title = panel.querySelector("h2")?.textContent ?? name;
    return name === undefined || title === undefined ? [] : [{ name, title }];
  });
}

/** Throws Error where the panel has left the page, or the browser cannot make the file. */
export async function savePanel({ name, title }: ShownPanel, type: PanelFileType): Promise<void> {
  const panel = await drawnPanel(name, title);
  const fileName = `winnow-${name}.${type}`;
  if (type === "csv") {
    download(new Blob([figureCsv(rememberedTable(panel)())], { type: "text/csv" }), fileName);
    return;
  }
  const picture = svgPicture(panel);
  download(type === "png" ? await pngBlob(picture) : svgBlob(picture), fileName);
}

/** A panel out of sight rests and shows an older step, or its code is not here yet: it is brought into view first. */
async function drawnPanel(name: string, title: string): Promise<HTMLElement> {
  const find = (): HTMLElement => {
    const panel = document.querySelector<HTMLElement>(`section.panel-${name}`);
    if (panel === null) throw new Error(`the ${title} panel is not on the page`);
    return panel;
  };
  const start = performance.now();
  find().scrollIntoView({ block: "center", behavior: "instant" });
  while (find().closest(".panel-late") !== null) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`the ${title} panel could not be loaded`);
    await nextFrame();
  }
  // One frame to be seen, one to be drawn, one to be painted.
  for (let frame = 0; frame < 3; frame++) await nextFrame();
  return find();
}

function nextFrame(): Promise<unknown> {
  return new Promise((resolve) => requestAnimationFrame(resolve));
}
