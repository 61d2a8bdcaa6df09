// What a model learns under either mask: two short distillations that differ in it alone, on the same problems.
import { checkpointCell, rightDifference, rightShare, type CheckpointResults } from "../../state/storedCheckpoints";
import { budgetName, useStoredCheckpoints, writtenPercent } from "../checkpointFigures";

export function MaskResults() {
  const loaded = useStoredCheckpoints("masks");
  if (loaded?.type === "results") return <MaskResultsTable results={loaded.results} />;
  return (
    <p className="mask-note" role="status">
      {loaded?.message ?? "Loading what was measured…"}
    </p>
  );
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
              return (
                <tr key={`${String(budgetShare)} ${family}`}>
                  <td>{budgetName(budgetShare)}</td>
                  <th scope="row">{family}</th>
                  {checkpoints.map((checkpoint) => (
                    <td key={checkpoint.label}>{writtenPercent(rightShare(cellOf(checkpoint)))}</td>
                  ))}
                  <td>{writtenPercent(rightDifference(cellOf(ours), cellOf(lagging)))}</td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}
