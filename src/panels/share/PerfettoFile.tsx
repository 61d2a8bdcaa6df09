// A run as a file for Perfetto: every token's life in every head, phases and cache length, on the clock chosen.
import { useMemo, useState } from "react";
import { errorMessage } from "../../lib/errors";
import { runFileName } from "../../state/library/openFile";
import type { Trace } from "../../trace/trace";
import type { TraceEventClock } from "../../trace/perfetto/traceEventRow";
import { planTraceEvents, traceEventBlob } from "../../trace/perfetto/traceEvents";
import { download } from "../../ui/figure/pictureFile";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";

interface PerfettoFileProps {
  readonly traces: readonly Trace[];
  readonly problemId: string | null;
}

const clockLabels: Readonly<Record<TraceEventClock, string>> = {
  measured: "as measured",
  steps: "even: 1 ms per step",
};

export function PerfettoFile({ traces, problemId }: PerfettoFileProps) {
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
        {leftOutCount > 0 && ` ${leftOutCount} heads find no room; the others are spread evenly.`}
        {isEven && " The run has no times of its own: every step takes 1 ms."}
      </p>
    </fieldset>
  );
}
