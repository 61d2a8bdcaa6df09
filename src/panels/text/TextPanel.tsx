// The text, token by token: fill is the share of heads that hold a token, an underline marks the window, a strike
// what is gone everywhere.
import { memo, useEffect, useMemo, useRef, type PointerEvent } from "react";
import { Panel, type Provenance } from "../../ui/Panel";
import type { Trace } from "../../trace/trace";
import type { Selection, SelectionHandlers } from "../selection";
import { tokenLabel } from "../tokenFacts";
import { textLayout, textSummary, type TextToken } from "./layout";

interface TextPanelProps extends Selection, SelectionHandlers {
  readonly trace: Trace;
  readonly step: number;
  readonly provenance: Provenance;
}

export const TextPanel = memo(function TextPanel({
  trace,
  step,
  provenance,
  hovered,
  pinned,
  onHover,
  onPin,
}: TextPanelProps) {
  const lines = useMemo(() => textLayout(trace, step), [trace, step]);
  const scroller = useRef<HTMLDivElement>(null);
  useKeepEndInView(scroller, step);

  const positionUnder = (event: { target: EventTarget }): number | null => {
    const position = event.target instanceof HTMLElement ? event.target.dataset.position : undefined;
    return position === undefined ? null : Number(position);
  };
  const hover = (event: PointerEvent): void => {
    onHover(positionUnder(event), { x: event.clientX, y: event.clientY });
  };
  const tokenLines = (part: readonly (readonly TextToken[])[]) =>
    part.map((line) => (
      <p key={line[0].position} className="text-line">
        {line.map((token) => (
          <Token
            key={token.position}
            {...token}
            isHovered={token.position === hovered}
            isPinned={token.position === pinned}
          />
        ))}
      </p>
    ));

  return (
    <Panel name="text" title="Text" subtitle="fill = share of heads that still hold a token" provenance={[provenance]}>
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
        {tokenLines(lines.prompt)}
        <h3 className="text-part">Reasoning</h3>
        {tokenLines(lines.reasoning)}
      </div>
      <TextLegend />
    </Panel>
  );
});

interface TokenProps extends TextToken {
  readonly isHovered: boolean;
  readonly isPinned: boolean;
}

const Token = memo(function Token({ position, text, share, isInWindow, isLeaving, isNewest, ...marks }: TokenProps) {
  const leading = text.slice(0, text.length - text.trimStart().length) || " ";
  const classes = [
    "token",
    isNewest ? "token-newest" : share === 0 ? "token-gone" : "",
    isInWindow ? "token-window" : "",
    isLeaving ? "token-leaving" : "",
    marks.isHovered ? "token-hovered" : "",
    marks.isPinned ? "token-pinned" : "",
  ];
  // Sixteen grades are as many as an eye tells apart.
  const grade = Math.round(share * 16) / 16;
  return (
    <>
      {leading}
      <span
        className={classes.filter(Boolean).join(" ")}
        data-position={position}
        style={isNewest ? undefined : ({ "--share": grade } as Record<string, number>)}
      >
        {tokenLabel(text)}
      </span>
    </>
  );
});

function TextLegend() {
  return (
    <div className="legend">
      <span className="legend-item">
        held by 0
        <span className="legend-shares" aria-hidden="true">
          {[0, 0.25, 0.5, 0.75, 1].map((share) => (
            <span key={share} className="legend-share" style={{ "--share": share } as Record<string, number>} />
          ))}
        </span>
        all heads
      </span>
      <span className="legend-item">
        <span className="token token-window">window</span>
      </span>
      <span className="legend-item">
        <span className="token token-leaving">leaves a head now</span>
      </span>
      <span className="legend-item">
        <span className="token token-gone">gone everywhere</span>
      </span>
    </div>
  );
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
