// Bits of each layer: a strip to click, what it costs in bytes and KL, and the search for a better one.
import { useEffect, useId, useMemo, useState } from "react";
import { counted } from "../../lib/counted";
import {
  bestTrial,
  bitsQuestion,
  layerBitChoices,
  stripBytes,
  stripText,
  uniformStrips,
  type BitsQuestion,
  type BitStrip,
  type BitsTarget,
  type BitsTrial,
  type BitsWork,
} from "../../state/storageTrials";
import { writtenBytes, writtenNumber, writtenShare } from "../../ui/numbers";
import { ToolChoice } from "../../ui/ToolChoice";
import type { PanelProps } from "../definePanel";
import { bytesAtBits, trialOfStrip, writtenAgreement } from "./bitsLayout";
import { TrialsChart, TrialsTable } from "./TrialsChart";
import { bitsBounds, klBounds, type StorageView } from "./view";

type BitsProps = PanelProps<
  "trace" | "isEnded" | "problem" | "storageTrials" | "onStorageTrials" | "onTry",
  StorageView
>;

export function BitsSection(props: Omit<BitsProps, "heading">) {
  const { header } = props.trace;
  const question = useMemo(() => bitsQuestion(header), [header]);
  if (question !== null) return <Bits {...props} question={question} />;
  return (
    <p className="storage-note">
      This run stores no entry in codes. Choose quantised, KIVI-like or TaDA under “Entries are stored” to give each
      layer its bits.
    </p>
  );
}

/** A choice that is looked at for less is one of many that a hand passes. */
const SETTLED_MS = 350;
const noTrials: readonly BitsTrial[] = [];

function Bits(props: Omit<BitsProps, "heading"> & { readonly question: BitsQuestion }) {
  const { isEnded, problem, view, onView, question, storageTrials, onStorageTrials, onTry } = props;
  const { bitsTrials, bitsWork, bitsFailure } = storageTrials;
  const trials = bitsTrials[question.key] ?? noTrials;
  const strip = useMemo(() => stripOf(view.bits, question), [view.bits, question]);
  const isOwn = stripText(strip) === stripText(question.ownStrip) && !question.isUneven;
  const target = useMemo(
    () => targetOf({ target: view.target, mostKl: view.mostKl, mostBits: view.mostBits }, trials),
    [view.target, view.mostKl, view.mostBits, trials],
  );
  const best = target === null ? null : bestTrial(trials, target);
  const work = bitsWork?.key === question.key ? bitsWork : null;
  const isFailed = bitsFailure?.key === question.key;
  const mayRun = (question.isCheap || trials.length > 0 || view.bits !== "") && isEnded && !isFailed;
  useEffect(() => {
    if (!mayRun) return;
    const ask = (): void => onStorageTrials.measureBits(question, [strip, ...uniformStrips(question)]);
    const timer = setTimeout(ask, SETTLED_MS);
    return () => clearTimeout(timer);
  }, [question, strip, mayRun, onStorageTrials]);
  const show = (next: BitStrip): void =>
    onView({ ...view, bits: stripText(next) === stripText(question.ownStrip) ? "" : stripText(next) });
  const use = (next: BitStrip): void => {
    onView({ ...view, bits: "" });
    onTry(problem, { layerBits: stripText(next) });
  };
  return (
    <section className="bits" aria-label="Bits of each layer">
      <h3>Bits of each layer</h3>
      <div className="bits-grid">
        <div className="bits-part">
          <BitsStrip strip={strip} onStrip={show} />
          <StripFigures strip={strip} trials={trials} isBusy={work !== null} />
          <div className="bits-tools">
            {isOwn ? (
              <span className="bits-own">as in this run</span>
            ) : (
              <button type="button" onClick={() => use(strip)}>
                Use in this run
              </button>
            )}
            {!isOwn && (
              <button type="button" onClick={() => onView({ ...view, bits: "" })}>
                Back to the run’s
              </button>
            )}
            {!mayRun && work === null && isEnded && (
              <button
                type="button"
                onClick={() => onStorageTrials.measureBits(question, [strip, ...uniformStrips(question)])}
              >
                Measure
              </button>
            )}
          </div>
          {question.isUneven && view.bits === "" && (
            <p className="storage-note">
              The run stores keys and values in different bits; a strip gives both the same.
            </p>
          )}
        </div>
        <div className="bits-part">
          <TrialsChart trials={trials} present={strip} best={best} target={target} onStrip={show} />
        </div>
        <div className="bits-part">
          <SearchTools view={view} onView={onView} trials={trials} />
          <SearchButton
            work={work}
            isReady={target !== null && isEnded}
            onSearch={() => target !== null && onStorageTrials.searchBits(question, target)}
            onStop={onStorageTrials.stopBits}
          />
          <BestNote {...{ trials, target, best, strip }} onShow={show} onUse={use} />
          {isFailed && (
            <p className="storage-note" role="alert">
              {bitsFailure.message}
            </p>
          )}
        </div>
      </div>
      <TrialsTable trials={trials} />
    </section>
  );
}

function stripOf(bits: string, { ownStrip }: BitsQuestion): BitStrip {
  const chosen = bits === "" ? [] : bits.split(" ").map(Number);
  // A link may hold the strip of another model.
  return chosen.length === ownStrip.length ? chosen : ownStrip;
}

type Bound = Pick<StorageView, "target" | "mostKl" | "mostBits">;

/** Null where the bound is not known yet. */
function targetOf({ target, mostKl, mostBits }: Bound, trials: readonly BitsTrial[]): BitsTarget | null {
  if (target === "fewestBytes") return { type: target, mostKlNats: mostKl };
  const mostBytes = bytesAtBits(trials, mostBits);
  return mostBytes === null ? null : { type: target, mostBytes };
}

interface BitsStripProps {
  readonly strip: BitStrip;
  readonly onStrip: (strip: BitStrip) => void;
}

/** A column per layer, filled up to its bits; within it the arrow keys choose, as in any group of options. */
function BitsStrip({ strip, onStrip }: BitsStripProps) {
  const name = useId();
  return (
    <div className="bits-strip">
      <div className="bits-scale" aria-hidden="true">
        {layerBitChoices.map((choice) => (
          <span key={choice}>{choice}</span>
        ))}
        <span>layer</span>
      </div>
      {strip.map((bits, layer) => (
        <fieldset key={layer} className="bits-layer">
          <legend className="visually-hidden">Bits of layer {layer}</legend>
          {layerBitChoices.map((choice) => (
            <label key={choice} className="bits-cell" data-filled={choice <= bits} data-chosen={choice === bits}>
              <input
                type="radio"
                name={`${name} ${layer}`}
                checked={choice === bits}
                aria-label={`${choice} bits`}
                onChange={() => onStrip(strip.map((other, at) => (at === layer ? choice : other)))}
              />
              <span aria-hidden="true">{choice === bits ? choice : ""}</span>
            </label>
          ))}
          <span className="bits-name" aria-hidden="true">
            {layer}
          </span>
        </fieldset>
      ))}
    </div>
  );
}

interface StripFiguresProps {
  readonly strip: BitStrip;
  readonly trials: readonly BitsTrial[];
  readonly isBusy: boolean;
}

/** The last figures stay, grey, until those of the strip are there. */
function StripFigures({ strip, trials, isBusy }: StripFiguresProps) {
  const found = trialOfStrip(trials, strip);
  const [last, setLast] = useState(found);
  if (found !== null && found !== last) setLast(found);
  const trial = found ?? last;
  const bytes = found?.bytes ?? stripBytes(strip, trials);
  const asComputed = trials.at(0)?.bytesAsComputed ?? null;
  return (
    <div className="bits-figures" aria-live="polite" aria-busy={found === null && isBusy}>
      <dl>
        <div data-old={bytes === null}>
          <dt>keys and values</dt>
          <dd>
            {bytes === null || asComputed === null ? (
              "–"
            ) : (
              <>
                {writtenBytes(bytes)}, {writtenShare(bytes / asComputed)} of {writtenBytes(asComputed)} as computed
              </>
            )}
          </dd>
        </div>
        <div data-old={found === null}>
          <dt>KL</dt>
          <dd>{trial === null ? "–" : `${writtenNumber(trial.klNats)} nats`}</dd>
        </div>
        <div data-old={found === null}>
          <dt>same first choice</dt>
          <dd>{trial === null ? "–" : writtenAgreement(trial.agreedShare)}</dd>
        </div>
      </dl>
      <p className="bits-state">{found === null && isBusy ? "measuring…" : ""}</p>
    </div>
  );
}

type SearchToolsProps = Pick<BitsProps, "view" | "onView"> & { readonly trials: readonly BitsTrial[] };

function SearchTools({ view, onView, trials }: SearchToolsProps) {
  return (
    <div className="bits-tools">
      <ToolChoice
        label="search for"
        value={view.target}
        options={[
          ["fewestBytes", "the fewest bytes"],
          ["leastKl", "the least KL"],
        ]}
        onChange={(target) => onView({ ...view, target })}
      />
      {view.target === "fewestBytes" ? (
        <ToolChoice
          label="with KL up to"
          value={view.mostKl}
          options={klBounds.map((kl) => [kl, `${String(kl)} nats`] as const)}
          onChange={(mostKl) => onView({ ...view, mostKl })}
        />
      ) : (
        <ToolChoice
          label="within"
          value={view.mostBits}
          options={bitsBounds.map((bits) => [bits, boundWords(bits, bytesAtBits(trials, bits))] as const)}
          onChange={(mostBits) => onView({ ...view, mostBits })}
        />
      )}
    </div>
  );
}

function boundWords(bits: number, bytes: number | null): string {
  return bytes === null ? `${bits} bits on average` : `${writtenBytes(bytes)} (${bits} bits on average)`;
}

interface SearchButtonProps {
  readonly work: BitsWork | null;
  readonly isReady: boolean;
  readonly onSearch: () => void;
  readonly onStop: () => void;
}

function SearchButton({ work, isReady, onSearch, onStop }: SearchButtonProps) {
  const search = work?.search ?? null;
  if (search === null) {
    return (
      <div className="bits-tools">
        <button type="button" disabled={!isReady} onClick={onSearch}>
          Search
        </button>
      </div>
    );
  }
  const { trialCount, mostTrials, secondsLeft } = search;
  const left = secondsLeft === null ? "" : `, ${Math.max(1, Math.round(secondsLeft))} s left`;
  return (
    <div className="bits-tools">
      <button type="button" onClick={onStop}>
        Stop
      </button>
      <progress value={trialCount} max={mostTrials} aria-label="Trials of the search" />
      <span role="status">
        trial {Math.min(trialCount + 1, mostTrials)} of {mostTrials}
        {left}
      </span>
    </div>
  );
}

interface BestNoteProps {
  readonly trials: readonly BitsTrial[];
  readonly target: BitsTarget | null;
  readonly best: BitsTrial | null;
  readonly strip: BitStrip;
  readonly onShow: (strip: BitStrip) => void;
  readonly onUse: (strip: BitStrip) => void;
}

function BestNote({ trials, target, best, strip, onShow, onUse }: BestNoteProps) {
  if (target === null || trials.length === 0) return null;
  if (best === null)
    return <p className="storage-note">None of {counted(trials.length, "strip")} tried is within the bound.</p>;
  const isShown = stripText(best.strip) === stripText(strip);
  return (
    <div className="bits-best">
      <p>
        Best of {trials.length} tried: <strong>{stripText(best.strip)}</strong> bits, {writtenBytes(best.bytes)} (
        {writtenShare(best.bytes / best.bytesAsComputed)}), KL {writtenNumber(best.klNats)} nats.
      </p>
      {!isShown && (
        <div className="bits-tools">
          <button type="button" onClick={() => onShow(best.strip)}>
            Show this strip
          </button>
          <button type="button" onClick={() => onUse(best.strip)}>
            Use the best in this run
          </button>
        </div>
      )}
    </div>
  );
}
