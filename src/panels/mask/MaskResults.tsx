// What a model learns under either mask: two short distillations that differ in it alone, on the same problems.
import { useEffect, useState } from "react";
import {
  checkpointCell,
  rightDifference,
  rightShare,
  storedCheckpoints,
  type CheckpointResults,
  type LoadedCheckpoints,
} from "../../state/storedCheckpoints";

export function MaskResults() {
  const [loaded, setLoaded] = useState<LoadedCheckpoints | null>(null);
  useEffect(() => {
    let isWanted = true;
    void storedCheckpoints("masks").then((outcome) => {
      if (isWanted) setLoaded(outcome);
    });
    return () => {
      isWanted = false;
    };
  }, []);
  if (loaded?.type === "results") return <MaskResultsTable results={loaded.results} />;
  return (
    <p className="mask-note" role="status">
      {loaded?.message ?? "Loading what was measured…"}
    </p>
  );
}

/** In per cent: "83 ± 4" */
function written(share: number, error: number): string {
  const percent = Math.round(100 * share);
  const sign = percent < 0 ? "−" : "";
  return `${sign}${Math.abs(percent)}${error === 0 ? "" : ` ± ${Math.max(1, Math.round(100 * error))}`}`;
}

export function MaskResultsTable({ results }: { readonly results: CheckpointResults }) {
  const { checkpoints, families, budgetShares, problemCount } = results;
  const [, ours, lagging] = checkpoints;
  return (
    <div className="mask-results" role="region" aria-label="Distilled under either mask" tabIndex={0}>
      <table>
        <caption>
          Distilled for {ours.step} steps under either mask, else alike: right answers in %, {problemCount} problems a
          cell, the same for all (stored)
        </caption>
        <thead>
          <tr>
            <th scope="col">budget</th>
            <th scope="col">family</th>
            {checkpoints.map(({ label }) => (
              <th key={label} scope="col">
                {label}
              </th>
            ))}
            <th scope="col">true − reference’s</th>
          </tr>
        </thead>
        <tbody>
          {budgetShares.flatMap((budgetShare) =>
            families.map(({ family }) => {
              const cellOf = (at: (typeof checkpoints)[number]) => checkpointCell(at, family, budgetShare);
              const { share, error } = rightDifference(cellOf(ours), cellOf(lagging));
              return (
                <tr key={`${String(budgetShare)} ${family}`}>
                  <td>{budgetShare === null ? "full cache" : `${Math.round(100 * budgetShare)} %`}</td>
                  <th scope="row">{family}</th>
                  {checkpoints.map((checkpoint) => {
                    const right = rightShare(cellOf(checkpoint));
                    return <td key={checkpoint.label}>{written(right.share, right.error)}</td>;
                  })}
                  <td>{written(share, error)}</td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}
