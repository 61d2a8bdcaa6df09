// What changed?: the words that both checkpoints read from facts in the run on screen, and below what was measured over many
// problems. With its controls and legend.
import { memo, useMemo } from "react";
import { counted } from "../../lib/counted";
import { checkpointWords, shippedWords } from "../../settings/checkpoints";
import {
  loadChangedFigures,
  rememberMeasure,
  wordGroups,
  type ChangedFigures,
  type WordGroup,
} from "../../state/storedMeasures";
import { LegendItem } from "../../ui/LegendItem";
import { writtenNumber, writtenShare } from "../../ui/numbers";
import { Panel } from "../../ui/Panel";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { PanelProps } from "../definePanel";
import { useMeasure } from "../useMeasure";
import { changedTable } from "./changedTable";
import { checkpointPair, checkpointsToRun, liveFacts, type CheckpointPair, type LiveFacts } from "./layout";
import { PairBars } from "./PairBars";
import { findings, shownCell, storedGroups } from "./stored";
import { measuredFamilies, measuredShares, type ChangedView } from "./view";
import "./changed.css";

type ChangedPanelProps = PanelProps<
  "trace" | "lanes" | "shownStep" | "problem" | "onMove" | "onCheckpoints",
  ChangedView
>;

const figuresOf = rememberMeasure(loadChangedFigures);

export const ChangedPanel = memo(function ChangedPanel(props: ChangedPanelProps) {
  const { trace, lanes } = props;
  const pair = useMemo(() => checkpointPair(lanes), [lanes]);
  const asked = checkpointsToRun(trace.header.model.id);
  const measured = pair?.changed.trace.header.model ?? asked?.changed ?? trace.header.model;
  const loaded = useMeasure(measured, figuresOf);
  const stored = loaded?.type === "measure" ? loaded.measure : null;
  const missing = stored === null ? (loaded?.type === "failed" ? loaded.message : "Loading…") : null;
  return <ChangedFigure {...props} pair={pair} stored={stored} missing={missing} />;
});

interface FigureProps extends ChangedPanelProps {
  readonly pair: CheckpointPair | null;
  /** Null with the reason in `missing`. */
  readonly stored: ChangedFigures | null;
  readonly missing: string | null;
}

export const ChangedFigure = memo(function ChangedFigure(props: FigureProps) {
  const { heading, pair, stored, missing, problem, shownStep, view, onView } = props;
  const live = useMemo(
    () => (pair === null || problem === null ? null : liveFacts(pair, problem, shownStep)),
    [pair, problem, shownStep],
  );
  const names = pair === null ? null : namesOf(pair);
  return (
    <Panel
      {...heading}
      subtitle={names === null ? undefined : `${names[0]} and ${names[1]} on the same tokens`}
      provenance={pair === null ? ["stored"] : ["measured", "stored"]}
      controls={stored !== null && <StoredControls view={view} onView={onView} />}
      table={() => changedTable(live, stored, view)}
    >
      {live === null || pair === null ? (
        <NoPair {...props} />
      ) : (
        <LiveSection live={live} pair={pair} onMove={props.onMove} />
      )}
      {stored === null ? (
        <p className="panel-empty" role="status">
          {missing}
        </p>
      ) : (
        <StoredSection stored={stored} view={view} />
      )}
    </Panel>
  );
});

function namesOf({ base, changed }: CheckpointPair): readonly string[] {
  return [base, changed].map(({ trace }) => checkpointWords(trace.header.model));
}

function NoPair({ trace, pair, problem, onCheckpoints }: FigureProps) {
  const checkpoints = checkpointsToRun(trace.header.model.id);
  if (pair !== null || problem === null) {
    return (
      <p className="changed-note">
        The words that are read from facts are known in problems of the page, and this text is the user’s own.
      </p>
    );
  }
  if (checkpoints === null) {
    return <p className="changed-note">{trace.header.model.label} has no later checkpoint to compare it with.</p>;
  }
  const { base, changed } = checkpoints;
  return (
    <p className="changed-note" data-not-exported>
      <button type="button" onClick={() => onCheckpoints(problem, [base.id, changed.id])}>
        Run {base.label} and {changed.label} side by side
      </button>{" "}
      on this prompt, with this policy and budget, both fed the tokens of {base.label}’s full cache.
    </p>
  );
}

interface LiveProps {
  readonly live: LiveFacts;
  readonly pair: CheckpointPair;
  readonly onMove: (step: number) => void;
}

function LiveSection({ live, pair, onMove }: LiveProps) {
  const { words, headCount } = live;
  const names = namesOf(pair);
  if (words.length === 0) {
    return (
      <p className="changed-note" role="status">
        No word has been read yet from a fact that an event has decided about: move on to a later step.
      </p>
    );
  }
  const right = (["base", "changed"] as const).map((side) => words.filter((pairs) => pairs[side].isRight).length);
  const isForced = pair.base.trace.header.isForced === true && pair.changed.trace.header.isForced === true;
  return (
    <>
      <p className="changed-note">
        This run, to the step on show: {counted(words.length, "word")} read from facts that an event had decided about.
        Found: {names[0]} {right[0]} ({writtenShare(right[0] / words.length)}), {names[1]} {right[1]} (
        {writtenShare(right[1] / words.length)}).
        {!isForced && " Each lane writes its own text: counted is what both were fed alike."}
      </p>
      <div className="changed-grid">
        <PairBars
          title="Right words"
          caption="by the age of the fact"
          groups={live.rightByAge}
          xTitle="tokens since the fact"
          yTitle="right, %"
          most={1}
        />
        <PairBars
          title="Who keeps the fact"
          caption={`heads, of ${headCount}, when the word was due`}
          groups={live.keptByAge}
          xTitle="tokens since the fact"
          yTitle="heads"
          most={headCount}
        />
        {live.attention.length > 0 ? (
          <PairBars
            title="Who reads the fact"
            caption="attention on its slots, mean over the words"
            groups={live.attention}
            xTitle="KV heads by layer"
            yTitle="attention, %"
            most={1}
          />
        ) : (
          <p className="changed-note">Which heads read the facts: switch on “Record attention” and run again.</p>
        )}
        {live.votes.length > 0 && (
          <PairBars
            title="Spread of the window’s votes"
            caption="entropy over the candidates, mean over the heads"
            groups={live.votes}
            xTitle="event, by step"
            yTitle="nats"
          />
        )}
      </div>
      <Legend names={names} />
      <DifferingWords live={live} names={names} onMove={onMove} />
    </>
  );
}

/** More would be a list, not a hint. */
const MOST_WORDS = 12;

function DifferingWords({ live, names, onMove }: Pick<LiveProps, "live" | "onMove"> & { names: readonly string[] }) {
  const differing = live.words.filter(({ base, changed }) => base.isRight !== changed.isRight);
  if (differing.length === 0) return null;
  return (
    <div className="changed-words">
      <span>Words that only one of them finds:</span>
      <ul>
        {differing.slice(0, MOST_WORDS).map(({ base, changed }) => (
          <li key={`${base.step} ${base.place.source}`}>
            <button type="button" onClick={() => onMove(base.step)}>
              step {base.step}: {base.place.word}
            </button>{" "}
            of {base.place.name}, {base.isRight ? names[0] : names[1]}; kept by {base.keptCount} and {changed.keptCount}{" "}
            heads
          </li>
        ))}
      </ul>
      {differing.length > MOST_WORDS && <span>and {differing.length - MOST_WORDS} more</span>}
    </div>
  );
}

const familyLabels: Readonly<Record<ChangedView["family"], string>> = {
  all: "all families",
  walk: "walk",
  diary: "diary",
  story: "story",
  orders: "orders",
};

const groupLabels: Readonly<Record<WordGroup, string>> = {
  all: "all words",
  held: "reading head keeps the fact",
  lost: "reading head evicted the fact",
};

function StoredControls({ view, onView }: { view: ChangedView; onView: (view: ChangedView) => void }) {
  return (
    <>
      <ToolChoice
        label="stored: problems"
        value={view.family}
        options={measuredFamilies.map((family) => [family, familyLabels[family]] as const)}
        onChange={(family) => onView({ ...view, family })}
      />
      <ToolChoice
        label="budget"
        value={view.budgetShare}
        options={measuredShares.map((share) => [share, writtenShare(share)] as const)}
        onChange={(budgetShare) => onView({ ...view, budgetShare })}
      />
      <ToolChoice
        label="words"
        value={view.words}
        options={toolOptions(groupLabels).filter(([group]) => wordGroups.includes(group))}
        onChange={(words) => onView({ ...view, words })}
      />
    </>
  );
}

function StoredSection({ stored, view }: { stored: ChangedFigures; view: ChangedView }) {
  const cell = shownCell(stored.cells, view);
  const groups = useMemo(() => (cell === null ? null : storedGroups(cell, view, stored.heads)), [cell, view, stored]);
  if (cell === null || groups === null) return <p className="changed-note">This was not measured.</p>;
  const names = [stored.base.id, stored.model.id].map(shippedWords);
  const { layers, kvHeads } = stored.heads;
  return (
    <section className="changed-stored" aria-label="Stored figures">
      <h3>
        Measured over {cell.problems} problems at {writtenShare(cell.budgetShare)}
        {cell.budgetSlots === undefined ? "" : ` (${cell.budgetSlots} slots)`}
      </h3>
      <ul className="changed-findings">
        {findings(cell).map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      <div className="changed-grid">
        <PairBars
          title="With the fact withheld"
          caption={`right words; ${groupLabels[view.words]}: ${writtenNumber(cell.base.right[view.words].nothing.count)} and ${writtenNumber(cell.changed.right[view.words].nothing.count)} words`}
          groups={groups.withheld}
          xTitle="withheld from"
          yTitle="right, %"
          most={1}
        />
        <PairBars
          title="Right words"
          caption="by the age of the fact, all words"
          groups={groups.rightByAge}
          xTitle="tokens since the fact"
          yTitle="right, %"
          most={1}
        />
        <PairBars
          title="Who keeps the fact"
          caption={`heads, of ${layers * kvHeads}, when the word was due`}
          groups={groups.kept}
          xTitle="where the fact stands"
          yTitle="heads"
          most={layers * kvHeads}
        />
        <PairBars
          title="Who reads the fact"
          caption="attention on its slots, mean over the words"
          groups={groups.attention}
          xTitle="query heads by layer"
          yTitle="attention, %"
          most={1}
        />
        <PairBars
          title="Spread of the window’s votes"
          caption="entropy over the candidates, mean over the events"
          groups={groups.votes}
          xTitle="KV heads by layer"
          yTitle="nats"
        />
      </div>
      <Legend names={names} hasControl />
      <p className="changed-note">
        Others: all heads but the reading one. 16 words: withheld from all heads while the last 16 words are read, with
        the sentences that have read the fact before. Control: as many other slots withheld. Bars end at the mean, lines
        show one standard error. {stored.made.command}, {stored.made.date}.
      </p>
    </section>
  );
}

function Legend({ names, hasControl = false }: { names: readonly string[]; hasControl?: boolean }) {
  return (
    <div className="legend">
      <LegendItem sign={<rect className="changed-base" width={12} height={12} />} width={12}>
        {names[0]}
      </LegendItem>
      <LegendItem sign={<rect className="changed-changed" width={12} height={12} />} width={12}>
        {names[1]}
      </LegendItem>
      {hasControl && (
        <LegendItem sign={<path className="changed-control" d="M0,6H14" />} width={14}>
          control: other slots withheld
        </LegendItem>
      )}
    </div>
  );
}
