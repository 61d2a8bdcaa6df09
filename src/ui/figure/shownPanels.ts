// The panels on the page, seen from outside: which ones there are, and the files that each can be saved as.
import { inLightColours } from "../useTheme";
import { figureCsv, type FigureAbout, type FigureTable } from "./figureTable";
import { download } from "../files";
import { pngBlob, svgBlob, svgPicture, type SvgPicture } from "./pictureFile";

export type PanelFileType = "png" | "svg" | "csv";

export interface ShownPanel {
  readonly name: string;
  readonly title: string;
}

/** What files need of a panel besides its looks. */
interface PanelFigure {
  /** Absent for a panel that has none. */
  readonly table?: (() => FigureTable) | undefined;
  readonly about?: (() => FigureAbout) | undefined;
}

/** The current figure of each panel; the entry goes when the panel leaves the page. */
const figures = new WeakMap<Element, PanelFigure>();

/** If a panel's code has not loaded by then, it will not. */
const PATIENCE_MS = 5000;

/** Called by a panel whenever it draws. */
export function rememberFigure(panel: Element, figure: PanelFigure): void {
  figures.set(panel, figure);
}

/** In page order. */
export function shownPanels(): readonly ShownPanel[] {
  return [...document.querySelectorAll("section.panel")].flatMap((panel) => {
    const name = /\bpanel-(?!maximised\b)([\w-]+)/.exec(panel.className)?.[1];
    const title = panel.querySelector("h2")?.textContent ?? name;
    return name === undefined || title === undefined ? [] : [{ name, title }];
  });
}

/** Throws Error if the panel has left the page or the browser cannot make the file. */
export async function savePanel({ name, title }: ShownPanel, type: PanelFileType, isLight = false): Promise<void> {
  await saveFigure(await drawnPanel(name, title), { name, type, isLight });
}

interface FigureFile {
  readonly name: string;
  readonly type: PanelFileType;
  /** A picture in light colours, whatever the page has. */
  readonly isLight: boolean;
}

/** Downloads the figure of a panel. Throws Error if the browser cannot make the file. */
export async function saveFigure(panel: HTMLElement, { name, type, isLight }: FigureFile): Promise<void> {
  const fileName = `winnow-${name}.${type}`;
  if (type === "csv") {
    download(new Blob([tableCsv(panel)], { type: "text/csv" }), fileName);
    return;
  }
  const picture = isLight ? await inLightColours(() => panelPicture(panel)) : panelPicture(panel);
  download(type === "png" ? await pngBlob(picture) : svgBlob(picture), fileName);
}

/** A panel as it looks now, over a line that says what it belongs to. */
export function panelPicture(panel: HTMLElement): SvgPicture {
  return svgPicture(panel, figures.get(panel)?.about?.().words ?? "");
}

function tableCsv(panel: HTMLElement): string {
  const { table, about } = figures.get(panel) ?? {};
  if (table === undefined) throw new Error("the panel has no table");
  return figureCsv(table(), about?.().columns);
}

/** A panel out of sight shows an older step, or its code has not loaded: it is scrolled into view first. */
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
