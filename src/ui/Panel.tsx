// The frame of a panel: a titled region with its provenance chip and, on the right, the panel's own controls.
import { useId, type ReactNode } from "react";

/** Where the figures of a panel come from. */
export type Provenance = "measured" | "recorded" | "derived" | "stored";

interface PanelProps {
  readonly name: string;
  readonly title: string;
  readonly provenance: readonly Provenance[];
  /** What the panel shows at the moment, next to the title. */
  readonly subtitle?: ReactNode;
  readonly controls?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ name, title, provenance, subtitle, controls, children }: PanelProps) {
  const titleId = useId();
  return (
    <section className={`panel panel-${name}`} aria-labelledby={titleId}>
      <header className="panel-header">
        <h2 id={titleId}>{title}</h2>
        {subtitle !== undefined && <span className="panel-subtitle">{subtitle}</span>}
        <span className="panel-tools">
          {controls}
          {provenance.map((source) => (
            <ProvenanceChip key={source} source={source} />
          ))}
        </span>
      </header>
      {children}
    </section>
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
