// The frame of every panel: a titled region with the source of its figures, the panel's own controls and, on the right, its menu
// (explanation, table, picture and data files, full size, hide).

import { DropdownMenu } from "radix-ui";
import type { ReactNode, RefObject } from "react";
import { createContext, memo, useContext, useEffect, useId, useRef, useState } from "react";
import { errorMessage } from "../lib/errors";
import type { FigureAbout, FigureTable } from "./figure/figureTable";
import { FigureTableView } from "./figure/figureTable";
import { pngBlob } from "./figure/pictureFile";
import { panelPicture, rememberFigure, saveFigure, type PanelFileType } from "./figure/shownPanels";
import { isPageDark } from "./useTheme";

/** Where the figures of a panel come from. */
export type Provenance = "measured" | "recorded" | "derived" | "stored";

/** Two sentences and a formula: what is seen, and how it is computed. */
export interface Explanation {
  readonly text: string;
  /** In plain symbols, e.g. "Z = λ·F − (1 − λ)·R". */
  readonly formula?: string;
}

/** What a panel is called, and what its menu explains. */
export interface PanelHeading {
  readonly name: string;
  readonly title: string;
  readonly explanation?: Explanation;
  /** What its figure belongs to, for files; computed only on request. */
  readonly about?: () => FigureAbout;
}

interface PanelProps extends PanelHeading {
  readonly provenance: readonly Provenance[];
  /** What the panel currently shows, next to the title. */
  readonly subtitle?: ReactNode;
  readonly controls?: ReactNode;
  /** The figure as rows; computed only on request. */
  readonly table?: () => FigureTable;
  readonly children: ReactNode;
}

export function Panel({ name, title, provenance, subtitle, controls, ...rest }: PanelProps) {
  const { explanation, about, table, children } = rest;
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  const frame = useContext(PanelFrameContext);
  const [isExplained, setExplained] = useState(false);
  const [isTable, setTable] = useState(false);
  const hasMenu = explanation !== undefined || table !== undefined;
  useEffect(() => {
    if (panel.current !== null) rememberFigure(panel.current, { table, about });
  }, [table, about]);
  return (
    <section
      ref={panel}
      className={`panel panel-${name}${frame?.maximised === name ? " panel-maximised" : ""}`}
      aria-labelledby={titleId}
    >
      <header className="panel-header">
        <h2 id={titleId}>{title}</h2>
        {subtitle !== undefined && <span className="panel-subtitle">{subtitle}</span>}
        <span className="panel-tools">
          {controls}
          <SourceMark provenance={provenance} />
          {hasMenu && (
            <PanelMenu
              name={name}
              title={title}
              panel={panel}
              hasTable={table !== undefined}
              isTable={isTable}
              onTable={setTable}
              isExplained={isExplained}
              onExplained={explanation === undefined ? null : setExplained}
            />
          )}
        </span>
      </header>
      {isExplained && explanation !== undefined && <ExplanationNote explanation={explanation} />}
      {isTable && table !== undefined ? <FigureTableView table={table()} /> : children}
    </section>
  );
}

function ExplanationNote({ explanation }: { readonly explanation: Explanation }) {
  return (
    <div className="panel-explanation" role="note">
      <p>{explanation.text}</p>
      {explanation.formula !== undefined && <p className="panel-formula">{explanation.formula}</p>}
    </div>
  );
}

const sources: Readonly<Record<Provenance, string>> = {
  measured: "Measured by the run in this tab.",
  recorded: "Measured when this run was recorded.",
  stored: "Measured in advance, by the command given with it.",
  derived: "Computed on this page from what was measured.",
};

/** One small mark; where the figures come from stands in its tip. */
function SourceMark({ provenance }: { readonly provenance: readonly Provenance[] }) {
  const words = provenance
    .map((source, place) => (place > 0 && source === "derived" ? "The rest is computed from that." : sources[source]))
    .join(" ");
  return (
    <span className={`chip ${provenance.map((source) => `chip-${source}`).join(" ")}`} title={words}>
      source<span className="visually-hidden">: {words}</span>
    </span>
  );
}

/** What the page can do with a panel. A panel without a provider offers none of it. */
export interface PanelFrame {
  readonly maximised: string | null;
  /** Makes a panel fill the stage, or returns it to its place. */
  readonly onMaximise: (name: string) => void;
  /** Absent if the page has no way to show the panel again. */
  readonly onHide?: (name: string) => void;
  /** Reports how a copy or a download went. */
  readonly onTell: (tone: "info" | "error", text: string) => void;
}

export const PanelFrameContext = createContext<PanelFrame | null>(null);

interface PanelMenuProps {
  readonly name: string;
  readonly title: string;
  readonly panel: RefObject<HTMLElement | null>;
  /** Passed as a flag so that the menu does not re-render with the panel. */
  readonly hasTable: boolean;
  readonly isTable: boolean;
  readonly onTable: (isTable: boolean) => void;
  readonly isExplained: boolean;
  readonly onExplained: ((isExplained: boolean) => void) | null;
}

const PanelMenu = memo(function PanelMenu(props: PanelMenuProps) {
  const { name, title, panel, hasTable, isTable, onTable, isExplained, onExplained } = props;
  const frame = useContext(PanelFrameContext);
  const onPage = (): HTMLElement => {
    if (panel.current === null) throw new Error(`the ${title} panel is not on the page`);
    return panel.current;
  };
  // Waits until the menu has closed, so that it is not in the picture. A browser may refuse a copy or run out of memory.
  const act = (what: string, action: () => Promise<void> | void): void => {
    requestAnimationFrame(() => {
      Promise.resolve()
        .then(action)
        .catch((error: unknown) => {
          frame?.onTell("error", `${title}: ${what} failed: ${errorMessage(error)}`);
        });
    });
  };
  const copy = async (): Promise<void> => {
    const png = await pngBlob(panelPicture(onPage()));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": png })]);
    frame?.onTell("info", `The picture of the ${title} panel is on the clipboard.`);
  };
  const save =
    (type: PanelFileType, isLight = false) =>
    () =>
      act(`the ${type.toUpperCase()}`, () => saveFigure(onPage(), { name, type, isLight }));
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger className="panel-menu-button" aria-label={`Menu of ${title}`} title={`Menu of ${title}`}>
        ⋯
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content className="panel-menu" align="end" sideOffset={4} collisionPadding={8}>
          {onExplained !== null && (
            <DropdownMenu.CheckboxItem className="panel-menu-item" checked={isExplained} onCheckedChange={onExplained}>
              Explanation
            </DropdownMenu.CheckboxItem>
          )}
          {hasTable && (
            <DropdownMenu.CheckboxItem className="panel-menu-item" checked={isTable} onCheckedChange={onTable}>
              As a table
            </DropdownMenu.CheckboxItem>
          )}
          <DropdownMenu.Separator className="panel-menu-line" />
          <Item onSelect={() => act("the copy", copy)}>Copy picture</Item>
          <Item onSelect={save("png")}>Download PNG</Item>
          <Item onSelect={save("svg")}>Download SVG</Item>
          <LightItems save={save} />
          {hasTable && <Item onSelect={save("csv")}>Download CSV</Item>}
          {frame !== null && (
            <>
              <DropdownMenu.Separator className="panel-menu-line" />
              <Item onSelect={() => frame.onMaximise(name)}>
                {frame.maximised === name ? "Back to its place" : "Full size"}
              </Item>
              {frame.onHide !== undefined && <Item onSelect={() => frame.onHide?.(name)}>Hide</Item>}
            </>
          )}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
});

/** On a dark page: pictures for paper. */
function LightItems({ save }: { readonly save: (type: PanelFileType, isLight: boolean) => () => void }) {
  if (!isPageDark()) return null;
  return (
    <>
      <Item onSelect={save("png", true)}>Download PNG, light</Item>
      <Item onSelect={save("svg", true)}>Download SVG, light</Item>
    </>
  );
}

function Item({ onSelect, children }: { readonly onSelect: () => void; readonly children: string }) {
  return (
    <DropdownMenu.Item className="panel-menu-item" onSelect={onSelect}>
      {children}
    </DropdownMenu.Item>
  );
}
