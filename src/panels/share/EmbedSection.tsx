// A frame for other pages: its code, tick boxes for what it shows, and the frame itself to look at.
import { useState } from "react";
import {
  defaultEmbedOptions,
  embedControls,
  embedPanels,
  type EmbedControl,
  type EmbedPanel,
} from "../../state/embedQuery";
import { encodeLink } from "../../settings/link";
import { settingTable } from "../../settings/settings";
import { momentTexts } from "../../state/moment";
import type { PageState } from "../../state/pageStore";
import { areAskedFor } from "../../state/recipe";
import { momentOf } from "../../state/openedLink";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { panels } from "../registry";
import { CopyField } from "./CopyField";
import { embedAddress, embedCode, HEIGHT_LIMITS, type EmbedWishes } from "./embedCode";

interface EmbedSectionProps {
  readonly state: PageState;
  /** The page's own address, without query and fragment. */
  readonly page: string;
}

const themeLabels = { system: "system colours", light: "light", dark: "dark" };
const startLabels = { playing: "playing", paused: "paused", moment: "at this moment" };
type Start = keyof typeof startLabels;
const modeLabels = { read: "watch only", interactive: "can change and run" };
const panelLabels = Object.fromEntries(
  embedPanels.map((name) => [name, name === "timeline" ? "Timeline" : panels[name].title]),
) as Readonly<Record<EmbedPanel, string>>;
const controlLabels: Readonly<Record<EmbedControl, string>> = {
  run: "Run",
  step: "Step",
  play: "Play",
  recorded: "Recorded runs",
  problem: "Problem",
  policy: "Policy",
  budget: settingTable.budgetSlots.label,
  window: settingTable.windowSlots.label,
  interval: settingTable.intervalSteps.label,
  alpha: settingTable.alpha.label,
  lambda: settingTable.lambda.label,
  verdict: "Answer, right or wrong",
  open: "Open in Winnow",
};
/** Of these a frame that is only read has none. */
const readControls: readonly EmbedControl[] = ["play", "verdict", "open"];

export function EmbedSection({ state, page }: EmbedSectionProps) {
  const { origin, recordedId, recordedRuns, choices, comparison } = state;
  const [wishes, setWishes] = useState<EmbedWishes>({
    ...defaultEmbedOptions,
    // A frame holds no live run: readers make it, where they may.
    mode: origin === "recorded" ? "read" : "interactive",
    recordedId: origin === "recorded" ? recordedId : null,
    height: 480,
  });
  const [wished, setStart] = useState<Start>(wishes.start);
  // A frame shows its moment at once where it begins with the very run.
  const canHoldMoment = isRecordedRunOfSettings(state);
  const start = wished === "moment" && !canHoldMoment ? "paused" : wished;
  const change = (part: Partial<EmbedWishes>): void => setWishes((before) => ({ ...before, ...part }));
  const controls = wishes.mode === "read" ? readControls : embedControls;
  const hidden = wishes.hidden.filter((control) => controls.includes(control));
  const moment = start === "moment" ? momentTexts(momentOf(state)) : undefined;
  const frame = { ...wishes, hidden, start: start === "playing" ? start : "paused" } as const;
  const address = embedAddress(page, frame, encodeLink({ choices, comparison, ...(moment && { moment }) }));
  const run = recordedRuns.find(({ id }) => id === (wishes.recordedId ?? recordedRuns[0]?.id));
  return (
    <div className="share-embed">
      <div className="share-embed-wishes">
        <div className="share-tools">
          <ToolChoice
            label="Readers"
            value={wishes.mode}
            options={toolOptions(modeLabels)}
            onChange={(mode) => change({ mode })}
          />
          <ToolChoice
            label="Starts"
            value={start}
            options={toolOptions(startLabels).filter(([value]) => value !== "moment" || canHoldMoment)}
            onChange={setStart}
          />
          <ToolChoice
            label="Colours"
            value={wishes.theme}
            options={toolOptions(themeLabels)}
            onChange={(theme) => change({ theme })}
          />
          <HeightField height={wishes.height} onHeight={(height) => change({ height })} />
        </div>
        <TickList
          title="Panels"
          items={embedPanels}
          labels={panelLabels}
          ticked={wishes.panels}
          least={1}
          onTicked={(panels) => change({ panels })}
        />
        <TickList
          title="Controls"
          items={controls}
          labels={controlLabels}
          ticked={controls.filter((control) => !hidden.includes(control))}
          onTicked={(kept) => change({ hidden: controls.filter((control) => !kept.includes(control)) })}
        />
        <CopyField label="Code" text={embedCode(address, wishes.height)} rows={7} isCode />
        <p className="muted">
          {run === undefined ? "" : `It begins with the recorded run “${run.title}”. `}
          {wishes.mode === "interactive"
            ? "Run gives the experiment of your settings; a model is loaded only then."
            : "Open in Winnow leads to the experiment of your settings."}{" "}
          A page can also drive the frame by messages: docs/embed.md.
        </p>
      </div>
      <figure className="share-preview">
        <figcaption>Preview</figcaption>
        <iframe key={address} src={address} title="Preview of the frame" height={wishes.height} />
      </figure>
    </div>
  );
}

function isRecordedRunOfSettings(state: PageState): boolean {
  const { origin, recordedId, lanes, problem } = state;
  if (origin !== "recorded" || recordedId === null) return false;
  const headers = lanes.map(({ trace }) => trace.header);
  return areAskedFor(headers, problem?.id ?? null, state);
}

interface HeightFieldProps {
  readonly height: number;
  readonly onHeight: (height: number) => void;
}

/** What is typed counts once it is a height. */
function HeightField({ height, onHeight }: HeightFieldProps) {
  const [typed, setTyped] = useState(String(height));
  const { least, most } = HEIGHT_LIMITS;
  return (
    <label className="tool">
      <span>Height (px)</span>
      <input
        type="number"
        min={least}
        max={most}
        step={10}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          const value = event.target.valueAsNumber;
          if (Number.isInteger(value) && value >= least && value <= most) onHeight(value);
        }}
        onBlur={() => setTyped(String(height))}
      />
    </label>
  );
}

interface TickListProps<Item extends string> {
  readonly title: string;
  readonly items: readonly Item[];
  readonly labels: Readonly<Record<Item, string>>;
  readonly ticked: readonly Item[];
  /** At least this many stay ticked. */
  readonly least?: number;
  readonly onTicked: (ticked: readonly Item[]) => void;
}

/** Some items of a list, by tick boxes; they keep the list's order. */
function TickList<Item extends string>(props: TickListProps<Item>) {
  const { title, items, labels, ticked, least = 0, onTicked } = props;
  return (
    <fieldset className="tick-list">
      <legend>{title}</legend>
      {items.map((item) => {
        const isTicked = ticked.includes(item);
        return (
          <label key={item}>
            <input
              type="checkbox"
              checked={isTicked}
              disabled={isTicked && ticked.length <= least}
              onChange={() => onTicked(items.filter((other) => ticked.includes(other) !== (other === item)))}
            />
            {labels[item]}
          </label>
        );
      })}
    </fieldset>
  );
}
