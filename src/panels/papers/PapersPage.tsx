// The page on what differs from the papers: one section per policy, opened at the policy in question.
import { useEffect } from "react";
import { policyOf } from "../../settings/inForce";
import { settingTable } from "../../settings/settings";
import { PostTrainingSection } from "./PostTrainingSection";
import { commonDifferences, policyPapers, trialLink } from "./papers";
import type { PolicyPaper } from "./policyPaper";

interface PapersPageProps {
  /** The policy to begin with. */
  readonly policyId: string;
  /** A trial was opened. */
  readonly onOpened: () => void;
}

export function PapersPage({ policyId, onOpened }: PapersPageProps) {
  useEffect(() => {
    if (policyId !== policyPapers[0].policyId) goTo(policyId);
  }, [policyId]);
  return (
    <div className="papers">
      <p>
        A policy has a paper, public code, and what this page computes. They are not always the same; where they differ,
        we follow the code.
      </p>
      <nav aria-label="Policies" className="papers-contents">
        {contents.map(({ group, choices }) => (
          <p key={group}>
            <span className="muted">{group}: </span>
            {choices.map(({ value, label }) => (
              <button key={value} type="button" className="link-button" onClick={() => goTo(value)}>
                {label}
              </button>
            ))}
          </p>
        ))}
      </nav>
      {policyPapers.map((entry) => (
        <PaperSection key={entry.policyId} entry={entry} onOpened={onOpened} />
      ))}
      <PostTrainingSection />
      <section aria-labelledby="papers-common">
        <h3 id="papers-common">All policies</h3>
        <Sentences sentences={commonDifferences} />
        <p className="muted">docs/methods.md in the repository has the formulas, shapes and sources.</p>
      </section>
    </div>
  );
}

const { choices: policyOptions } = settingTable.policyId;
const contents = [...new Set(policyOptions.map(({ group }) => group))].map((group) => ({
  group,
  choices: policyOptions.filter((choice) => choice.group === group),
}));

interface PaperSectionProps {
  readonly entry: PolicyPaper;
  readonly onOpened: () => void;
}

function PaperSection({ entry, onOpened }: PaperSectionProps) {
  const { policyId, source } = entry;
  const { label } = policyOf(policyId);
  return (
    <section id={sectionId(policyId)} tabIndex={-1} aria-label={label}>
      <h3>{label}</h3>
      {source !== null && (
        <p className="papers-source">
          <Outward address={source.address}>{source.citation}</Outward>
          {source.code !== "" && (
            <>
              {" · "}
              <Outward address={source.codeAddress}>{source.code}</Outward>
            </>
          )}
        </p>
      )}
      <dl>
        <dt>The paper</dt>
        <dd>
          <Sentences sentences={entry.paper} />
        </dd>
        {entry.code.length > 0 && (
          <>
            <dt>The public code</dt>
            <dd>
              <Sentences sentences={entry.code} />
            </dd>
          </>
        )}
        {entry.here.length > 0 && (
          <>
            <dt>This page</dt>
            <dd>
              <Sentences sentences={entry.here} />
            </dd>
          </>
        )}
        <dt>See it</dt>
        <dd>
          <ul>
            {entry.trials.map((trial) => (
              <li key={trial.label}>
                <a href={`#${trialLink(trial)}`} onClick={onOpened}>
                  {trial.label}
                </a>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </section>
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

function Outward({ address, children }: { readonly address: string; readonly children: string }) {
  return (
    <a href={address} target="_blank" rel="noreferrer">
      {children}
    </a>
  );
}

function sectionId(policyId: string): string {
  return `papers-${policyId}`;
}

function goTo(policyId: string): void {
  const section = document.getElementById(sectionId(policyId));
  section?.scrollIntoView({ block: "start" });
  section?.focus({ preventScroll: true });
}
