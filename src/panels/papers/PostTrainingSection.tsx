// The paper's figures for post-training beside ours: two tables, and what may be compared.
import { useEffect, useState } from "react";
import {
  checkpointCell,
  rightDifference,
  rightShare,
  storedCheckpoints,
  type CheckpointResults,
  type LoadedCheckpoints,
  type Share,
} from "../../state/storedCheckpoints";
import { comparable, notComparable, paperGains } from "./postTraining";

export function PostTrainingSection() {
  const [loaded, setLoaded] = useState<LoadedCheckpoints | null>(null);
  useEffect(() => {
    let isWanted = true;
    void storedCheckpoints("training").then((outcome) => {
      if (isWanted) setLoaded(outcome);
    });
    return () => {
      isWanted = false;
    };
  }, []);
  return (
    <section aria-labelledby="papers-training">
      <h3 id="papers-training">Post-training under eviction</h3>
      <p className="papers-source">
        <a href="https://arxiv.org/abs/2512.00504" target="_blank" rel="noreferrer">
          Liao et al. 2025, arXiv 2512.00504
        </a>
      </p>
      <GainsTable />
      {loaded?.type === "results" ? (
        <OwnTable results={loaded.results} />
      ) : (
        <p role="status">{loaded?.message ?? "Loading our figures…"}</p>
      )}
      <dl>
        <dt>Comparable</dt>
        <dd>
          <Sentences sentences={comparable} />
        </dd>
        <dt>Not comparable</dt>
        <dd>
          <Sentences sentences={notComparable} />
        </dd>
      </dl>
    </section>
  );
}

function GainsTable() {
  return (
    <div className="papers-scroll" role="region" aria-label="The paper’s gains" tabIndex={0}>
      <table className="papers-figures">
        <caption>The paper: points of pass@1 gained at a budget; of its figures only these are known to us</caption>
        <thead>
          <tr>
            {["training", "benchmark", "budget, slots", "gain, points", "how"].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {paperGains.map(({ training, benchmark, budgetSlots, points, note }) => (
            <tr key={training}>
              <th scope="row">{training}</th>
              <td>{benchmark}</td>
              <td>{budgetSlots}</td>
              <td>{points === null ? "not known to us" : `+${points.toFixed(2)}`}</td>
              <td>{note}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The base and the last checkpoint, on the same problems. */
export function OwnTable({ results }: { readonly results: CheckpointResults }) {
  const { checkpoints, families, budgetShares, problemCount } = results;
  const [base, distilled] = [checkpoints[0], checkpoints[checkpoints.length - 1]];
  return (
    <div className="papers-scroll" role="region" aria-label="Our gains" tabIndex={0}>
      <table className="papers-figures">
        <caption>
          Here: right answers in %, {problemCount} problems a cell, G-KV; gain in points, with its paired standard error
        </caption>
        <thead>
          <tr>
            {["family", "budget", "base", "distilled", "gain, points"].map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {families.flatMap(({ family }) =>
            budgetShares.map((budgetShare) => {
              const [before, after] = [base, distilled].map((each) => checkpointCell(each, family, budgetShare));
              return (
                <tr key={`${family} ${String(budgetShare)}`}>
                  <th scope="row">{family}</th>
                  <td>{budgetShare === null ? "full cache" : `${Math.round(100 * budgetShare)} %`}</td>
                  <td>{percent(rightShare(before))}</td>
                  <td>{percent(rightShare(after))}</td>
                  <td>{gain(rightDifference(after, before))}</td>
                </tr>
              );
            }),
          )}
        </tbody>
      </table>
    </div>
  );
}

function percent({ share, error }: Share): string {
  return `${Math.round(100 * share)}${error === 0 ? "" : ` ± ${Math.max(1, Math.round(100 * error))}`}`;
}

function gain({ share, error }: Share): string {
  const points = Math.round(100 * share);
  return `${points > 0 ? "+" : points < 0 ? "−" : ""}${Math.abs(points)} ± ${Math.max(1, Math.round(100 * error))}`;
}

function Sentences({ sentences }: { readonly sentences: readonly string[] }) {
  return (
    <ul>
      {sentences.map((sentence) => (
        <li key={sentence}>{sentence}</li>
      ))}
    </ul>
  );
}
