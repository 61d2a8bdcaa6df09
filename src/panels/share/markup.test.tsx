// Golden markup of what the dialogs of sharing hold. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { encodeLink } from "../../settings/link";
import { noLaneComparison } from "../../settings/lanes";
import { drawTrace } from "../../trace/drawTrace.testing";
import { proveRun } from "../../trace/proof/proof";
import { checkProof } from "../../trace/proof/proofCheck";
import { laneRunOf, onClock } from "../../state/shownRuns";
import { initialPageState } from "../../state/pageStore";
import { emptyHistory, withChange } from "../../state/choices";
import { EmbedSection } from "./EmbedSection";
import { FilesSection } from "./FilesSection";
import { HistoryButtons } from "./HistoryButtons";
import { LinkSection } from "./LinkSection";
import { RecentList } from "./RecentSettings";
import { ReplayReport } from "./ReplayReport";

const page = "https://example.org/winnow/";
const run = (picture: string) => ({ ...drawTrace({ prompt: "The cat sat" }, picture), end: "length" as const });
const one = run("on\nthe   evicts The | cat\nmat");
const other = run("on\nthe   evicts cat | cat\nmat");
const comparison = { others: [{ policyId: "snapKv" }], isForced: false };
const state = {
  ...initialPageState,
  ...onClock([laneRunOf(one), laneRunOf(other)]),
  comparison,
  runStatus: "ended" as const,
  origin: "live" as const,
};
const history = withChange(emptyHistory, { choices: { alpha: 0.5 }, comparison: noLaneComparison }, "alpha", 0);
const nothing = (): void => undefined;

const parts = {
  shareLink: <LinkSection state={state} shareable={{ traces: [one], gap: null }} page={page} onFiles={nothing} />,
  shareEmbed: <EmbedSection state={state} page={page} />,
  shareFiles: <FilesSection state={state} panels={[{ name: "map", title: "Cache map" }]} isPageDark />,
  replay: (
    <ReplayReport
      verdicts={[checkProof(proveRun(one), one), checkProof(proveRun(other), one)]}
      onGoTo={nothing}
      onDismiss={nothing}
    />
  ),
  recent: (
    <RecentList
      states={[
        { link: "", title: "walk-5x20-1: G-KV, B 96", atMs: 0 },
        { link: encodeLink({ choices: { alpha: 0.5 }, comparison }), title: "walk-5x20-1: two lanes", atMs: 0 },
      ]}
      now=""
      isKept
      nowMs={120_000}
      onRestore={nothing}
    />
  ),
  historyButtons: (
    <HistoryButtons history={history} choices={{}} comparison={noLaneComparison} onUndo={nothing} onRedo={nothing} />
  ),
};

it.each(Object.keys(parts) as (keyof typeof parts)[])("draws %s as in its golden", async (name) => {
  const markup = renderToStaticMarkup(parts[name]);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot(`../golden/${name}.golden.html`);
});
