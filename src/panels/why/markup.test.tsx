// Golden markup of the why card of a run that recorded near-duplicates and voting heads.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawScoredTrace } from "../drawScoredTrace.testing";
import { whyPanel } from "./panel";
import { WhyPanel } from "./WhyPanel";

const all = (words: string): readonly string[] => [words, words, words, words];
const nothing = (): void => undefined;

const trace = drawScoredTrace({
  prompt: "The cat sat on the mat",
  generated: "and slept well there",
  windowSlots: 2,
  budgetSlots: 4,
  intervalSteps: 2,
  events: [
    { step: 0, evicted: all("cat on") },
    { step: 2, evicted: all("sat the"), excusedSlots: [3, 3, -1, 5, 3, 3], votingHeads: [1, 0, -1, 1] },
  ],
});

const heading = whyPanel.headingFor(trace);

it("draws what stands behind the scores of a token as in the golden", async () => {
  const focus = { layer: 0, kvHead: 1 };
  const panel = (
    <WhyPanel
      heading={heading}
      trace={trace}
      step={3}
      focus={focus}
      hovered={null}
      pinned={5}
      onPin={nothing}
      onFocus={nothing}
      mistake={{ position: 5, sentences: ["It wrote “2” for “1”.", "Head 1 had evicted the note."], onGo: nothing }}
    />
  );
  const markup = renderToStaticMarkup(panel);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/whyEvidence.golden.html");
});
