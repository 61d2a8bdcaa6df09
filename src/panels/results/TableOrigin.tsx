// How to read the charts, and everything that makes their figures again.
import type { ResultTable } from "../../state/storedResults";
import { columnsWithoutWindow, type Column } from "./tableView";

interface TableOriginProps {
  readonly table: ResultTable;
  readonly columns: readonly Column[];
}

export function TableOrigin({ table, columns }: TableOriginProps) {
  const { model, problemCount, seed, backend, date, command } = table;
  const withoutWindow = columnsWithoutWindow(columns).map(({ label }) => label);
  return (
    <div className="results-origin">
      <div className="legend">
        <span className="legend-item">
          <svg width={26} height={12} aria-hidden="true">
            <rect className="full-band" y={2} width={26} height={8} />
            <line className="full-level" x2={26} y1={6} y2={6} />
          </svg>
          full cache
        </span>
        <span className="legend-item">
          bars and band: ± one standard error; there is none at 0 and 100 %, which are known to about{" "}
          {(300 / Math.max(1, problemCount)).toFixed(0)} points
        </span>
        <span className="legend-item">marks of one budget stand side by side</span>
        {withoutWindow.length > 0 && (
          <span className="legend-item">the same in every window setting: {withoutWindow.join(", ")}</span>
        )}
      </div>
      <p>
        {problemCount} problems a mark, the same for every policy, seeds {seed} to {seed + problemCount - 1}, greedy, on
        the {backend === "cpu" ? "CPU" : "GPU"} backend. Model {model.id}, {model.parameterCount.toLocaleString("en")}{" "}
        parameters, digest <span className="digest">{model.digest.slice(0, 16)}</span>. Made {date} by
      </p>
      <code className="results-command">{command}</code>
    </div>
  );
}
