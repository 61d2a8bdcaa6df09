// The paper's figures for post-training beside ours: two tables, and what may be compared.
import { checkpointCell, rightDifference, rightShare, type CheckpointResults } from "../../state/storedCheckpoints";
import { budgetName, useStoredCheckpoints, writtenGain, writtenPercent } from "../checkpointFigures";
import { comparable, notComparable, paperGains } from "./postTraining";

export function PostTrainingSection() {
  const loaded = useStoredCheckpoints("stages");
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
    <PapersTable
      name="The paper’s gains"
      caption="The paper: points of pass@1 gained at a budget; of its figures only these are known to us"
      titles={["training", "benchmark", "budget, slots", "gain, points", "how"]}
      rows={paperGains.map(({ training, benchmark, budgetSlots, points, note }) => [
        ...[training, benchmark, budgetSlots],
        ...[points === null ? "not known to us" : `+${points.toFixed(2)}`, note],
      ])}
    />
  );
}

/** Base, distilled and RL on the same problems; each gain is over the checkpoint before. */
export function OwnTable({ results }: { readonly results: CheckpointResults }) {
  const { checkpoints, families, budgetShares, problemCount } = results;
  const [base, distilled, rl] = checkpoints;
  return (
    <PapersTable
      name="Our gains"
      caption={`Here: right answers in %, ${problemCount} problems a cell, G-KV; gains in points over the checkpoint before, with their paired standard errors`}
      titles={["family", "budget", "base", "distilled", "gain", "RL", "gain"]}
      rows={families.flatMap(({ family }) =>
        budgetShares.map((budgetShare) => {
          const [before, after, rewarded] = [base, distilled, rl].map((each) =>
            checkpointCell(each, family, budgetShare),
          );
          return [
            ...[family, budgetName(budgetShare), writtenPercent(rightShare(before))],
            ...[writtenPercent(rightShare(after)), writtenGain(rightDifference(after, before))],
            ...[writtenPercent(rightShare(rewarded)), writtenGain(rightDifference(rewarded, after))],
          ];
        }),
      )}
    />
  );
}

interface PapersTableProps {
  readonly name: string;
  readonly caption: string;
  readonly titles: readonly string[];
  /** The first cell of each names its row. */
  readonly rows: readonly (readonly (string | number)[])[];
}

function PapersTable({ name, caption, titles, rows }: PapersTableProps) {
  return (
    <div className="papers-scroll" role="region" aria-label={name} tabIndex={0}>
      <table className="papers-figures">
        <caption>{caption}</caption>
        <thead>
          <tr>
            {titles.map((title, column) => (
              <th key={column} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(([head, ...cells], row) => (
            <tr key={row}>
              <th scope="row">{head}</th>
              {cells.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
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
