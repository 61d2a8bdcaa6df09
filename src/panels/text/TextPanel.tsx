// The text, token by token: fill is the share of heads that hold a token, an underline marks the window, a strike
// what is gone everywhere.
import { memo, useEffect, useMemo, useRef, type PointerEvent } from "react";
import { Panel, type Provenance } from "../../ui/Panel";
import type { Trace } from "../../trace/trace";
import { shortFocusLabel, type Focus } from "../focus";
import type { Selection, SelectionHandlers } from "../selection";
import { textLayout, textSummary, textTable, type TextView } from "./layout";
import { TextControls } from "./TextControls";
import { TextLegend } from "./TextLegend";
import { TextLine } from "./TextLine";

interface TextPanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  readonly focus: Focus;
  readonly view: TextView;
  /** Attention that the full cache has paid up to this step to what was evicted; null where it was not measured. [position] */
  readonly regret: Float64Array | null;
  readonly provenance: Provenance;
  readonly onView: (view: TextView) => void;
}

const explanation = {
  text:
    "What a person reads, as the cache sees it: the fuller a token’s ground, the more heads still hold its key and value; " +
    "the newest tokens in the window cannot be evicted. With regret as the fill, the ground tells how much the full cache " +
    "would still have looked at what is gone.",
  formula: "fill = heads that hold the token / (layers × KV heads)",
};

export const TextPanel = memo(function TextPanel(props: TextPanelProps) {
  const { trace, step, focus, view, hovered, pinned, onHover, onPin } = props;
  const { heads } = view;
  // Only the focused head's own text depends on the focus.
  const { layer, kvHead } = heads === "focus" ? focus : anyFocus;
  const request = useMemo(() => ({ heads, focus: { layer, kvHead } }), [heads, layer, kvHead]);
  const lines = useMemo(() => textLayout(trace, step, request), [trace, step, request]);
  const regret = view.fill === "regret" ? props.regret : null;
  const regretShare = useMemo(() => (regret === null ? null : sharesOf(regret)), [regret]);
  const scroller = useRef<HTMLDivElement>(null);
  useKeepEndInView(scroller, step);

  const positionUnder = (event: { target: EventTarget }): number | null => {
    const position = event.target instanceof HTMLElement ? event.target.dataset.position : undefined;
    return position === undefined ? null : Number(position);
  };
  const hover = (event: PointerEvent): void => {
    onHover(positionUnder(event), { x: event.clientX, y: event.clientY });
  };
  const drawn = (part: typeof lines.prompt) =>
    part.map((tokens) => (
      <TextLine
        key={tokens[0].position}
        tokens={tokens}
        hovered={hovered}
        pinned={pinned}
        hasWhitespace={view.hasWhitespace}
        regret={regretShare}
      />
    ));

  return (
    <Panel
      name="text"
      title="Text"
      subtitle={heads === "all" ? undefined : shortFocusLabel(focus)}
      provenance={regret === null ? [props.provenance] : [props.provenance, "derived"]}
      controls={<TextControls view={view} hasRegret={props.regret !== null} onView={props.onView} />}
      explanation={explanation}
      table={() => textTable(trace, step, request, regret)}
    >
      <div
        ref={scroller}
        className="text-scroller"
        role="region"
        aria-label="Prompt and reasoning"
        aria-description={textSummary(trace, step)}
        tabIndex={0}
        onPointerMove={hover}
        onPointerLeave={() => onHover(null)}
        onClick={(event) => {
          const position = positionUnder(event);
          if (position !== null) onPin(position);
        }}
      >
        <h3 className="text-part">Prompt</h3>
        {drawn(lines.prompt)}
        <h3 className="text-part">Reasoning</h3>
        {drawn(lines.reasoning)}
      </div>
      <TextLegend view={view} regret={regret} />
    </Panel>
  );
});

const anyFocus: Focus = { layer: 0, kvHead: 0 };

/** The square root lets small regrets be seen beside the few large ones. */
function sharesOf(regret: Float64Array): (position: number) => number {
  const most = regret.reduce((high, value) => Math.max(high, value), 0);
  return (position) => (most === 0 ? 0 : Math.sqrt((regret.at(position) ?? 0) / most));
}

/** Follows the newest token as the text grows, unless the reader has scrolled up to look at something. */
function useKeepEndInView(scroller: React.RefObject<HTMLDivElement | null>, step: number): void {
  const isAtEnd = useRef(true);
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const remember = (): void => {
      isAtEnd.current = element.scrollHeight - element.scrollTop - element.clientHeight < 48;
    };
    element.addEventListener("scroll", remember, { passive: true });
    return () => element.removeEventListener("scroll", remember);
  }, [scroller]);
  useEffect(() => {
    const element = scroller.current;
    if (element !== null && isAtEnd.current) element.scrollTo({ top: element.scrollHeight });
  }, [scroller, step]);
}
