// Which instruction is forgotten first: those of the run on the stage, what to try on them, and the stored sweep.
import { memo, useEffect, useMemo, useState } from "react";
import { errorMessage } from "../../lib/errors";
import { parameterTable } from "../../policy/parameters";
import { splitSwap } from "../../problems/orders";
import { loadPitfalls, type PitfallsSweep } from "../../state/storedPitfalls";
import { formatSpans, noSpans } from "../../lib/spans";
import { Panel } from "../../ui/Panel";
import { SequentialLegend } from "../../ui/SequentialLegend";
import { sequentialColour, type Theme } from "../../ui/scale";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { PanelProps } from "../definePanel";
import type { SpanKeepRates } from "../../trace/keepRates";
import type { TraceHeader } from "../../trace/trace";
import { runInstructions, sweepColumns, type Repeated, type RunInstruction } from "./layout";
import { sweepFigureLabels, type PitfallsView } from "./view";
import { PromptMarks } from "./PromptMarks";
import { SweepCharts } from "./SweepCharts";
import "./pitfalls.css";

type PitfallsPanelProps = PanelProps<
  "trace" | "step" | "focus" | "onFocus" | "theme" | "problem" | "provenance" | "onTry" | "onBeside",
  PitfallsView
>;

export const PitfallsPanel = memo(function PitfallsPanel(props: PitfallsPanelProps) {
  const { id } = props.trace.header.model;
  const [loaded, setLoaded] = useState<{ readonly id: string; readonly sweep: PitfallsSweep | string } | null>(null);
  useEffect(() => {
    let isWanted = true;
    const setSweep = (sweep: PitfallsSweep | string): void => {
      if (isWanted) setLoaded({ id, sweep });
    };
    loadPitfalls(id).then(setSweep, (error: unknown) => setSweep(errorMessage(error)));
    return () => {
      isWanted = false;
    };
  }, [id]);
  return <PitfallsFigure {...props} sweep={loaded?.id === id ? loaded.sweep : "Loading…"} />;
});

interface PitfallsFigureProps extends PitfallsPanelProps {
  /** Or why there is none. */
  readonly sweep: PitfallsSweep | string;
}

export function PitfallsFigure(props: PitfallsFigureProps) {
  const { heading, trace, step, view, onView, sweep, provenance, theme } = props;
  const instructions = useMemo(() => runInstructions(trace, step), [trace, step]);
  return (
    <Panel
      {...heading}
      provenance={[provenance, "stored"]}
      table={() => ({
        caption: `Instructions of the run, step ${step}`,
        columns: [
          ...["instruction", "tokens", "keep rate (share)", "bias", "obeyed"],
          ...["repeated, by words (share)", "repeated, by stems (share)"],
        ],
        rows: instructions.map(({ text, start, end, mean, bias, isObeyed, repeated }) => [
          ...[text, end - start, mean, bias, obeyedWords(isObeyed)],
          ...[repeated?.byWords ?? null, repeated?.byStems ?? null],
        ]),
      })}
    >
      <div className="pitfalls-grid">
        <section className="pitfalls-part" aria-label="This run">
          <h3>This run</h3>
          {instructions.length === 0 ? (
            <p>
              This prompt gives no instructions. Choose a problem of the family <em>orders</em>, or mark instructions
              below.
            </p>
          ) : (
            <>
              <InstructionRows {...props} instructions={instructions} />
              <SequentialLegend label="keep rate" low="0" high="1" theme={theme} />
              <TryControls {...props} instructions={instructions} />
            </>
          )}
          <PromptMarks
            key={marksKey(trace.header)}
            trace={trace}
            problem={props.problem}
            onTry={props.onTry}
            onBeside={props.onBeside}
          />
        </section>
        <section className="pitfalls-part" aria-label="Many problems">
          <h3>Many problems</h3>
          {typeof sweep === "string" ? (
            <p role="status">{sweep}</p>
          ) : (
            <>
              <p className="pitfalls-about">
                Each prompt gives two orders: to keep a number secret, and another one. Part of the prompt is then
                evicted.
              </p>
              <div className="pitfalls-tools">
                <ToolChoice
                  label="show"
                  value={view.figure}
                  options={toolOptions(sweepFigureLabels)}
                  onChange={(figure) => onView({ ...view, figure })}
                />
                <ToolChoice
                  label="policy"
                  value={view.policy}
                  options={sweepColumns(sweep)}
                  onChange={(policy) => onView({ ...view, policy })}
                />
                <ToolChoice
                  label="secret stands"
                  value={view.order}
                  options={toolOptions({ first: "first", last: "second" })}
                  onChange={(order) => onView({ ...view, order })}
                />
              </div>
              <SweepCharts sweep={sweep} view={view} />
            </>
          )}
        </section>
      </div>
    </Panel>
  );
}

/** Marks of another prompt, or of a run with other marks, begin anew. */
function marksKey({ promptText, spans = noSpans }: TraceHeader): string {
  return [promptText, formatSpans(spans.kept), formatSpans(spans.instructions)].join("\n");
}

interface WithInstructions extends PitfallsPanelProps {
  readonly instructions: readonly RunInstruction[];
}

function InstructionRows({ instructions, theme, problem, onBeside }: WithInstructions) {
  return (
    <table className="pitfalls-table">
      <thead>
        <tr>
          <th scope="col">instruction</th>
          <th scope="col">by head (layer 0 on top), event by event</th>
          <th scope="col">kept</th>
          <th scope="col">bias</th>
          <th scope="col">{outcomeTitle(instructions)}</th>
          <th scope="col">
            <span className="visually-hidden">try</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {instructions.map(({ text, start, end, rates, mean, bias, isObeyed, repeated }) => (
          <tr key={start}>
            <th scope="row">{text}</th>
            <td>
              <HeatStrip rates={rates} theme={theme} text={text} />
            </td>
            <td>{Math.round(100 * mean)} %</td>
            <td>{bias === null ? "–" : `${bias < 0 ? "−" : "+"}${Math.abs(bias).toFixed(2)}`}</td>
            <td>{repeated === null ? obeyedWords(isObeyed) : repeatedWords(repeated)}</td>
            <td>
              <button
                type="button"
                title={`Run a lane next to this one, at the same budget, that always keeps “${text}”`}
                onClick={() => onBeside(problem, { keptSpans: formatSpans([{ start, end }]) })}
              >
                Always keep
              </button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Orders are judged; of other instructions one sees how much the answer repeats. */
function outcomeTitle(instructions: readonly RunInstruction[]): string {
  const isMarked = instructions.map(({ repeated }) => repeated !== null);
  if (!isMarked.includes(true)) return "obeyed";
  return `${isMarked.includes(false) ? "obeyed, or " : ""}repeated, by words / by stems`;
}

function repeatedWords({ byWords, byStems }: Repeated): string {
  return `${Math.round(100 * byWords)} % / ${Math.round(100 * byStems)} %`;
}

function obeyedWords(isObeyed: boolean | null): string {
  if (isObeyed === null) return "no answer yet";
  return isObeyed ? "yes" : "no";
}

interface HeatStripProps {
  readonly rates: SpanKeepRates;
  readonly theme: Theme;
  readonly text: string;
}

const STRIP_WIDTH = 120;
const HEAD_HEIGHT = 4;

/** A row per KV head, those of layer 0 on top; the first column is the state before any event, then one per event. */
function HeatStrip({ rates, theme, text }: HeatStripProps) {
  const width = STRIP_WIDTH / rates.length;
  const height = rates[0].length * HEAD_HEIGHT;
  return (
    <svg
      className="pitfalls-strip"
      viewBox={`0 0 ${STRIP_WIDTH} ${height}`}
      preserveAspectRatio="none"
      shapeRendering="crispEdges"
      height={height}
      role="img"
      aria-label={`Keep rate of “${text}”: a row per KV head, layer 0 on top, a column per event, ${rates.length - 1} events`}
    >
      {rates.flatMap((ofHeads, event) =>
        Array.from(ofHeads, (rate, head) => (
          <rect
            key={`${event}.${head}`}
            x={event * width}
            y={head * HEAD_HEIGHT}
            width={width}
            height={HEAD_HEIGHT}
            fill={sequentialColour(rate, theme)}
          />
        )),
      )}
    </svg>
  );
}

type FairRule = (typeof parameterTable.fairRule.choices)[number]["value"];

const fairRules = parameterTable.fairRule.choices.map(({ value, label }) => [value, label] as const);

/** Of a run that says nothing: by lengths. */
function fairRuleOf(value: unknown): FairRule {
  return value === "code" ? value : "lengths";
}

function TryControls({ instructions, trace, problem, onTry, onBeside }: WithInstructions) {
  const swap = problem?.family === "orders" ? splitSwap(problem.id) : null;
  const [chosenPair, setPair] = useState("12");
  const pairs = instructions.flatMap((_, first) =>
    instructions.slice(first + 1).map((_other, offset) => {
      const second = first + 1 + offset;
      return [`${first + 1}${second + 1}`, `${first + 1} and ${second + 1}`] as const;
    }),
  );
  // Another run may have fewer instructions.
  const [pair] = pairs.find(([id]) => id === chosenPair) ?? pairs.at(0) ?? [chosenPair];
  const { parameters } = trace.header;
  const [shareInForce, ruleInForce] = [Number(parameters.fairShare ?? 0), fairRuleOf(parameters.fairRule)];
  const [chosenShare, setShare] = useState<number | null>(null);
  const [chosenRule, setRule] = useState<FairRule | null>(null);
  const [share, rule] = [chosenShare ?? shareInForce, chosenRule ?? ruleInForce];
  const isInForce = share === shareInForce && (share === 0 || rule === ruleInForce);
  return (
    <div className="pitfalls-tools">
      {swap !== null && pairs.length > 0 && (
        <>
          {pairs.length > 1 && swap.swap === null && (
            <ToolChoice label="instructions" value={pair} options={pairs} onChange={setPair} />
          )}
          <button
            type="button"
            onClick={() =>
              onTry(problem, { problem: swap.swap === null ? `${swap.plainId}-swap${pair}` : swap.plainId })
            }
          >
            {swap.swap === null ? "Swap and run" : "Swap back and run"}
          </button>
        </>
      )}
      <label className="tool">
        <span>Fair share {share.toFixed(2)}</span>
        <input
          type="range"
          min={0}
          max={1}
          step={0.05}
          value={share}
          onChange={(event) => setShare(event.target.valueAsNumber)}
        />
      </label>
      <ToolChoice label="shared by" value={rule} options={fairRules} onChange={setRule} />
      <button
        type="button"
        disabled={isInForce}
        onClick={() => onBeside(problem, { fairShare: share, ...(share > 0 && { fairRule: rule }) })}
      >
        Run beside
      </button>
    </div>
  );
}
