// Opening a link: its settings, lanes and moment, what it promises, and whether its run may start by itself.
import { decodeLink, encodeLink } from "../settings/link";
import type { DecodedLink } from "../settings/linkContent";
import { settingsOfLanes } from "../settings/lanes";
import { shippedModels } from "../settings/shippedModels";
import { withChange } from "./choiceHistory";
import type { LiveRunActions } from "./liveRunActions";
import { parseMoment } from "./moment";
import { isPackedLink, openLink } from "./packedLink";
import type { Notice, PageState } from "./pageState";
import { problemOf, withKnownProblem } from "./problem";
import { recipeCost } from "./recipeCost";
import { recordedMoment } from "./wantedMoment";

export interface LinkActions {
  /** A fragment of an address. A readable one is in force when this returns; `mayStart`: a cheap run with a proof is replayed. */
  readonly openLink: (fragment: string, mayStart?: boolean) => Promise<void>;
}

interface LinkSurroundings {
  readonly set: (part: Partial<PageState>) => void;
  readonly get: () => PageState & Pick<LiveRunActions, "run">;
  readonly tell: (tone: Notice["tone"], text: string) => void;
  readonly nowMs: () => number;
}

export function linkActions({ set, get, tell, nowMs }: LinkSurroundings): LinkActions {
  let openedCount = 0;

  const apply = (link: DecodedLink, mayStart: boolean): void => {
    const { choices, complaint } = withKnownProblem(link.choices);
    const { moment, problems } = parseMoment(link.moment);
    const before = { choices: get().choices, comparison: get().comparison };
    const isChange = encodeLink(before) !== encodeLink({ choices, comparison: link.comparison });
    set({
      choices,
      comparison: link.comparison,
      promisedProofs: link.proofs,
      verdicts: [],
      wantedMoment: moment,
      history: { ...(isChange ? withChange(get().history, before, "link", nowMs()) : get().history), last: null },
      // A link that says nothing of panels leaves them as they are.
      ...(moment !== null && link.moment.panels !== undefined && { arrangement: moment.arrangement }),
      ...(moment !== null && link.moment.views !== undefined && { views: moment.views }),
    });
    for (const text of [...link.problems, ...problems, ...(complaint === null ? [] : [complaint])])
      tell("warning", text);
    if (mayStart && link.proofs.some((proof) => proof !== "")) startIfCheap();
    const at = recordedMoment(get());
    if (at !== null) set(at);
  };

  const startIfCheap = (): void => {
    const { choices, comparison, run } = get();
    const lanes = settingsOfLanes(choices, comparison).map(({ settings }) => settings);
    const { parameterCount } = shippedModels.find(({ id }) => id === lanes[0].model) ?? shippedModels[0];
    const cost = recipeCost({
      lanes,
      isForced: comparison.isForced,
      problem: problemOf(lanes[0].problem),
      parameterCount,
    });
    if (cost.type === "cheap") run("run");
    else
      tell(
        "info",
        `The link’s run was not started by itself, as it is a long one: ${cost.words}. Press Run to replay it.`,
      );
  };

  return {
    async openLink(fragment, mayStart = false) {
      const opened = ++openedCount;
      if (!isPackedLink(fragment)) {
        apply(decodeLink(fragment), mayStart);
        return;
      }
      const link = await openLink(fragment);
      // Another link may have been opened while this one was unpacked.
      if (opened === openedCount) apply(link, mayStart);
    },
  };
}
