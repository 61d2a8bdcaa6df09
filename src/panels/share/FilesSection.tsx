// Files of the runs on screen: run files, a place in the library, a timeline for Perfetto, and pictures of panels.
import { useMemo, useState } from "react";
import { counted } from "../../lib/counted";
import type { PageState } from "../../state/pageStore";
import { RunFiles } from "./RunFiles";
import { errorMessage } from "../../lib/errors";
import { runFileName } from "../../state/library/openFile";
import type { Trace } from "../../trace/trace";
import type { TraceEventClock } from "../../trace/perfetto/traceEventRow";
import { planTraceEvents, traceEventBlob } from "../../trace/perfetto/traceEvents";
import { download } from "../../ui/files";
import { savePanel, type PanelFileType, type ShownPanel } from "../../ui/figure/shownPanels";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";

interface FilesSectionProps {
  readonly state: PageState;
  /** The panels on the page. */
  readonly panels: readonly ShownPanel[];
  readonly isPageDark: boolean;
}

export function FilesSection({ state, panels, isPageDark }: FilesSectionProps) {
  const { lanes, stageLane, problem, runStatus } = state;
  // Lanes by place; one more means all of them.
  const [chosen, setChosen] = useState(lanes.length > 1 ? lanes.length : 0);
  const traces = useMemo(
    () => lanes.filter((_, lane) => chosen === lanes.length || lane === chosen).map(({ trace }) => trace),
    [lanes, chosen],
  );
  if (traces.length === 0) return <p>No run is on screen: there is nothing to save yet.</p>;
  const isGrowing = runStatus === "running";
  return (
    <div className="share-files">
      {lanes.length > 1 && (
        <ToolChoice
          label="Lanes"
          value={chosen}
          options={[
            [lanes.length, `all ${lanes.length} lanes, a file each`] as const,
            ...lanes.map(({ trace }, lane) => {
              const onStage = lane === stageLane ? " (on the stage)" : "";
              return [lane, `lane ${lane + 1}: ${trace.header.policyLabel}${onStage}`] as const;
            }),
          ]}
          onChange={setChosen}
        />
      )}
      {isGrowing ? (
        <p className="notice" role="status">
          The run is under way. Pause it, or wait for its end, to save it.
        </p>
      ) : (
        <>
          <RunFiles traces={traces} problemId={problem?.id ?? null} />
          <PerfettoFile traces={traces} problemId={problem?.id ?? null} />
        </>
      )}
      <PanelFigures panels={panels} isPageDark={isPageDark} />
    </div>
  );
}

interface PerfettoFileProps {
  readonly traces: readonly Trace[];
  readonly problemId: string | null;
}

const clockLabels: Readonly<Record<TraceEventClock, string>> = {
  measured: "as measured",
  steps: "even: 1 ms per step",
};

/** Every token's life in every head, phases and cache length, on the clock chosen. */
function PerfettoFile({ traces, problemId }: PerfettoFileProps) {
  const [clock, setClock] = useState<TraceEventClock>("measured");
  const [state, setState] = useState<{ readonly isBusy: boolean; readonly failure: string | null }>({
    isBusy: false,
    failure: null,
  });
  const plans = useMemo(() => traces.map((trace) => planTraceEvents(trace, { clock })), [traces, clock]);
  const lifeCount = plans.reduce((sum, plan) => sum + plan.lifeCount, 0);
  const leftOutCount = Math.max(...plans.map((plan) => plan.leftOutCount));
  const isEven = clock === "measured" && plans.some((plan) => plan.clock === "steps");
  const save = async (): Promise<void> => {
    setState({ isBusy: true, failure: null });
    try {
      for (const [lane, trace] of traces.entries()) {
        const suffix = traces.length === 1 ? "" : `-lane${lane + 1}`;
        const name = runFileName(trace, problemId, "json").replace(/\.json$/, `${suffix}.trace.json`);
        download(await traceEventBlob(trace, plans[lane]), name);
      }
      setState({ isBusy: false, failure: null });
    } catch (error) {
      setState({ isBusy: false, failure: `The file was not made: ${errorMessage(error)}` });
    }
  };
  return (
    <fieldset className="share-choices">
      <legend>Trace events for Perfetto</legend>
      <div className="share-acts">
        <ToolChoice label="Clock" value={clock} options={toolOptions(clockLabels)} onChange={setClock} />
        <button type="button" disabled={state.isBusy} onClick={() => void save()}>
          {state.isBusy ? "Writing…" : "Save trace events"}
        </button>
      </div>
      {state.failure !== null && (
        <p className="notice notice-error" role="alert">
          {state.failure}
        </p>
      )}
      <p className="muted">
        {lifeCount.toLocaleString("en")} lives of tokens, per layer and KV head, with events, phases and cache length;
        opens in ui.perfetto.dev and chrome://tracing.
        {leftOutCount > 0 &&
          ` ${counted(leftOutCount, "head")} ${leftOutCount === 1 ? "has" : "have"} no room; the others are spread evenly.`}
        {isEven && " The run has no times of its own: every step takes 1 ms."}
      </p>
    </fieldset>
  );
}

const fileTypes: readonly (readonly [PanelFileType, string])[] = [
  ["png", "PNG"],
  ["svg", "SVG"],
  ["csv", "CSV"],
];

/** Pictures and tables of a panel on the page, at the step on show. */
function PanelFigures({ panels, isPageDark }: Pick<FilesSectionProps, "panels" | "isPageDark">) {
  const [name, setName] = useState(panels[0]?.name ?? "");
  const [isLight, setLight] = useState(false);
  const [failure, setFailure] = useState<string | null>(null);
  const panel = panels.find((one) => one.name === name);
  if (panel === undefined) return null;
  const save = async (type: PanelFileType): Promise<void> => {
    setFailure(null);
    try {
      await savePanel(panel, type, isLight);
    } catch (error) {
      setFailure(`${panel.title}: the ${type.toUpperCase()} was not made: ${errorMessage(error)}`);
    }
  };
  return (
    <fieldset className="share-choices">
      <legend>Picture or table of a panel</legend>
      <div className="share-acts">
        <ToolChoice
          label="Panel"
          value={name}
          options={panels.map((one) => [one.name, one.title] as const)}
          onChange={setName}
        />
        {fileTypes.map(([type, label]) => (
          <button key={type} type="button" onClick={() => void save(type)}>
            {label}
          </button>
        ))}
        {isPageDark && (
          <label className="share-tick">
            <input type="checkbox" checked={isLight} onChange={(event) => setLight(event.target.checked)} />
            <span>pictures in light colours</span>
          </label>
        )}
      </div>
      {failure !== null && (
        <p className="notice notice-error" role="alert">
          {failure}
        </p>
      )}
      <p className="muted">
        At the step on screen: the picture with its legend, the table with every row. Both say policy, problem and
        model.
      </p>
    </fieldset>
  );
}
