// The frame of a panel: a titled region with its provenance chip and, on the right, the panel's own controls and the
// menu that every panel has: explanation, table, picture files, full size, hide.
import { useContext, useEffect, useId, useRef, useState, type ReactNode } from "react";
import type { FigureTable } from "./figure/figureTable";
import { FigureTableView } from "./figure/FigureTableView";
import { rememberTable } from "./figure/shownPanels";
import { PanelFrameContext } from "./PanelFrame";
import { PanelMenu } from "./PanelMenu";

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
}

interface PanelProps extends PanelHeading {
  readonly provenance: readonly Provenance[];
  /** What the panel shows at the moment, next to the title. */
  readonly subtitle?: ReactNode;
  readonly controls?: ReactNode;
  /** What is drawn at the moment, as rows; made only when somebody asks for it. */
  readonly table?: () => FigureTable;
  readonly children: ReactNode;
}

export function Panel({ name, title, provenance, subtitle, controls, explanation, table, children }: PanelProps) {
  const titleId = useId();
  const panel = useRef<HTMLElement>(null);
  const frame = useContext(PanelFrameContext);
  const [isExplained, setExplained] = useState(false);
  const [isTable, setTable] = useState(false);
  const hasMenu = explanation !== undefined || table !== undefined;
  useEffect(() => {
    if (panel.current !== null && table !== undefined) rememberTable(panel.current, table);
  }, [table]);
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
          {provenance.map((source) => (
            <ProvenanceChip key={source} source={source} />
          ))}
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

const provenanceTips: Readonly<Record<Provenance, { label: string; tip: string }>> = {
  measured: { label: "measured now", tip: "Measured in this tab, by the run on screen" },
  recorded: { label: "recorded", tip: "Measured when the run on screen was recorded" },
  stored: { label: "stored", tip: "Measured beforehand, by the command that is named with it" },
  derived: { label: "derived", tip: "Computed on this page from what was measured" },
};

function ProvenanceChip({ source }: { readonly source: Provenance }) {
  const { label, tip } = provenanceTips[source];
  return (
    <span className={`chip chip-${source}`} title={tip}>
      {label}
    </span>
  );
}
