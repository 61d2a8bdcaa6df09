// A frame for other pages: its code, tick boxes for what it shows, and the frame itself to look at.
import { useState } from "react";
import {
  defaultEmbedOptions,
  embedControls,
  embedPanels,
  LIVE_RUN,
  type EmbedControl,
  type EmbedPanel,
} from "../../state/embedQuery";
import { encodeLink } from "../../settings/link";
import { settingTable } from "../../settings/settings";
import { shippedModels } from "../../settings/shippedModels";
import { momentTexts } from "../../state/moment";
import type { PageState } from "../../state/pageStore";
import type { ChosenState } from "../../state/choices";
import { stateOfRuns } from "../../state/recipe";
import type { RecordedRun } from "../../state/recordings";
import { momentOf } from "../../state/openedLink";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import { panelKinds } from "../panelKinds";
import { CopyField } from "./CopyField";
import { areRunsOfSettings } from "./linkWords";
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
  embedPanels.map((name) => [name, name === "timeline" ? "Timeline" : panelKinds[name].title]),
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
  const { recordedRuns, lanes } = state;
  const run = frameRun(state);
  const [wishes, setWishes] = useState<EmbedWishes>({
    ...defaultEmbedOptions,
    panels: lanes.length > 1 ? [...defaultEmbedOptions.panels, "lanes"] : defaultEmbedOptions.panels,
    recordedId: run.recordedId,
    height: 480,
  });
  const [start, setStart] = useState<Start>(run.isOnScreen ? "moment" : "playing");
  const change = (part: Partial<EmbedWishes>): void => setWishes((before) => ({ ...before, ...part }));
  const controls = wishes.mode === "read" ? readControls : embedControls;
  const hidden = wishes.hidden.filter((control) => controls.includes(control));
  const moment = start === "moment" ? momentTexts(momentOf(state)) : undefined;
  const frame = { ...wishes, hidden, start: start === "playing" ? start : "paused" } as const;
  const address = embedAddress(page, frame, encodeLink({ ...run.asked, ...(moment && { moment }) }));
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
            options={toolOptions(startLabels).filter(([value]) => value !== "moment" || run.isOnScreen)}
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
          {frameWords(run, recordedRuns)} A page can also drive the frame by messages: docs/embed.md.
        </p>
      </div>
      <figure className="share-preview">
        <figcaption>Preview</figcaption>
        <iframe key={address} src={address} title="Preview of the frame" height={wishes.height} />
      </figure>
    </div>
  );
}

/** What the frame begins with. */
interface FrameRun {
  readonly recordedId: string | null;
  /** The settings in its fragment: those of the run on screen, whatever has been chosen since. */
  readonly asked: ChosenState;
  /** It is the run on screen. */
  readonly isOnScreen: boolean;
}

function frameRun(state: PageState): FrameRun {
  const { origin, recordedId, lanes, problem, choices, comparison } = state;
  const chosen = { choices, comparison };
  const headers = lanes.map(({ trace }) => trace.header);
  const isComputable = headers.every(({ model }) => shippedModels.some(({ id }) => id === model.id));
  if (headers.length === 0 || !isComputable) return { recordedId: null, asked: chosen, isOnScreen: false };
  const ofRuns = stateOfRuns(headers, problem?.id ?? null);
  if (origin === "recorded" && recordedId !== null) return { recordedId, asked: ofRuns, isOnScreen: true };
  return { recordedId: LIVE_RUN, asked: areRunsOfSettings(state) ? chosen : ofRuns, isOnScreen: true };
}

function frameWords({ recordedId, isOnScreen }: FrameRun, recordedRuns: readonly RecordedRun[]): string {
  if (recordedId === LIVE_RUN) return "The frame computes the run on screen again in the reader’s browser.";
  const run = recordedRuns.find(({ id }) => id === (recordedId ?? recordedRuns.at(0)?.id));
  if (run === undefined) return "";
  return isOnScreen
    ? `The frame shows the recorded run “${run.title}”.`
    : `The run on screen cannot be computed in a frame, so it begins with the recorded run “${run.title}”.`;
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
