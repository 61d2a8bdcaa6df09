// The stage: panels in rows and columns whose borders can be dragged, one of them at full size if asked for; on a phone one
// at a time.
import {
  memo,
  useEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent as ReactKeyboardEvent,
  type PointerEvent,
} from "react";
import { Group, Panel as Column, Separator, useGroupRef } from "react-resizable-panels";
import {
  keptLayout,
  parsePanelName,
  stageRows,
  stageWidth,
  withPanelMaximised,
  withPanelShown,
  type Arrangement,
  type PanelName,
  type StageRow,
} from "../../state/arrangement";
import { type PanelFrame, PanelFrameContext } from "../../ui/Panel";
import { useElementSize } from "../../ui/useElementSize";
import { panelKinds } from "../panelKinds";
import { StageCell } from "./StageCell";

interface StageProps {
  readonly arrangement: Arrangement;
  /** Panels that have nothing to show. */
  readonly away: readonly PanelName[];
  readonly onArrange: (arrangement: Arrangement) => void;
  readonly onTell: PanelFrame["onTell"];
}

export const Stage = memo(function Stage({ arrangement, away, onArrange, onTell }: StageProps) {
  const [stage, { width }] = useElementSize<HTMLDivElement>({ width: 1400, height: 0 });
  const { maximised } = arrangement;
  const kind = stageWidth(width);
  const rows = useMemo(() => stageRows(kind, arrangement, away), [kind, arrangement, away]);
  const [single, setSingle] = useState<PanelName>("text");
  const [asked, setAsked] = useState(arrangement.asked);
  // Where one panel shows at a time, it is the one that was just asked for.
  if (asked !== arrangement.asked) {
    setAsked(arrangement.asked);
    setSingle(arrangement.asked.find((name) => !asked.includes(name)) ?? single);
  }
  const frame = useMemo((): PanelFrame => {
    const change = (name: string, next: (panel: PanelName) => Arrangement): void => {
      const panel = parsePanelName(name);
      if (panel !== null) onArrange(next(panel));
    };
    return {
      maximised,
      onMaximise: (name) => change(name, (panel) => withPanelMaximised(arrangement, panel, away)),
      onHide: (name) => change(name, (panel) => withPanelShown(arrangement, panel, false, away)),
      onTell,
    };
  }, [arrangement, away, maximised, onArrange, onTell]);
  useEscape(maximised === null ? null : () => onArrange({ ...arrangement, maximised: null }));

  return (
    <PanelFrameContext value={frame}>
      <div ref={stage} className={`stage stage-${kind}`}>
        {rows.length === 0 && <p className="panel-empty">Every panel is hidden: the Panels menu brings them back.</p>}
        {kind === "phone" && rows.length > 0 ? (
          <SinglePanel rows={rows} chosen={maximised ?? single} onChoose={setSingle} />
        ) : (
          rows.map((row) => <Row key={row.id} row={row} arrangement={arrangement} onArrange={onArrange} />)
        )}
      </div>
    </PanelFrameContext>
  );
});

interface SinglePanelProps {
  /** One panel each. */
  readonly rows: readonly StageRow[];
  readonly chosen: PanelName;
  readonly onChoose: (name: PanelName) => void;
}

/** One panel, and the names of all to switch between. */
function SinglePanel({ rows, chosen, onChoose }: SinglePanelProps) {
  const names = rows.map(({ columns }) => columns[0].panels[0]);
  const shown = names.includes(chosen) ? chosen : names[0];
  return (
    <>
      <div className="stage-switch" role="group" aria-label="Panel on show">
        {names.map((name) => (
          <button key={name} type="button" aria-pressed={name === shown} onClick={() => onChoose(name)}>
            {panelKinds[name].title}
          </button>
        ))}
      </div>
      <StageCell key={shown} name={shown} />
    </>
  );
}

interface RowProps extends Pick<StageProps, "arrangement" | "onArrange"> {
  readonly row: StageRow;
}

const Row = memo(function Row({ row, arrangement, onArrange }: RowProps) {
  const height = row.id in arrangement.heights ? arrangement.heights[row.id] : row.height;
  const className = `stage-row${height === "screen" ? " stage-row-screen" : ""}`;
  const style = height === "screen" ? undefined : { minHeight: height };
  const setHeight = (px: number): void =>
    onArrange({ ...arrangement, heights: { ...arrangement.heights, [row.id]: px } });
  if (row.columns.length === 1) {
    return (
      <>
        <div className={className} style={style}>
          <StackedPanels names={row.columns[0].panels} />
        </div>
        {row.height !== 0 && <RowBorder name={row.id} height={height} onHeight={setHeight} />}
      </>
    );
  }
  return (
    <>
      <div className={className} style={style}>
        <Columns
          // A new group for other columns, so that a hidden panel leaves its width to the rest.
          key={row.columns.map(({ id }) => id).join()}
          row={row}
          kept={arrangement.columns[row.id]}
          onKept={(layout) => onArrange({ ...arrangement, columns: { ...arrangement.columns, [row.id]: layout } })}
        />
      </div>
      <RowBorder name={row.id} height={height} onHeight={setHeight} />
    </>
  );
});

function StackedPanels({ names }: { readonly names: readonly PanelName[] }) {
  return (
    <div className="stage-column">
      {names.map((name) => (
        <StageCell key={name} name={name} />
      ))}
    </div>
  );
}

type Widths = Readonly<Record<string, number>>;

interface ColumnsProps {
  readonly row: StageRow;
  /** The widths that the user gave them, in per cent. */
  readonly kept: Widths | undefined;
  readonly onKept: (widths: Widths) => void;
}

/**
 * Only what the user drags is kept. A window too small for it, zoomed in say, shows the columns as far as they fit, and
 * they are back as they were once there is room.
 */
function Columns({ row, kept, onKept }: ColumnsProps) {
  const group = useGroupRef();
  const wanted = useMemo(() => keptLayout(row, kept), [row, kept]);
  useEffect(() => {
    const now = group.current?.getLayout();
    if (now === undefined || Object.keys(wanted).some((id) => !(id in now))) return;
    if (Object.entries(wanted).some(([id, share]) => Math.abs(share - now[id]) > 0.1)) group.current?.setLayout(wanted);
  }, [group, wanted]);
  return (
    <Group
      groupRef={group}
      className="stage-group"
      orientation="horizontal"
      disableCursor
      defaultLayout={wanted}
      onLayoutChanged={(layout, { isUserInteraction }) => {
        if (isUserInteraction) onKept(layout);
      }}
      style={{ height: "auto", overflow: "visible" }}
    >
      {row.columns.flatMap(({ id, least, panels: names }, place) => [
        place > 0 && (
          <Separator
            key={`before ${id}`}
            className="stage-border"
            aria-label={`Width of the ${names.join(" and ")} column`}
          />
        ),
        <Column key={id} id={id} minSize={least} className="stage-pane" style={{ overflow: "visible" }}>
          <StackedPanels names={names} />
        </Column>,
      ])}
    </Group>
  );
}

/** Escape, before anything else on the page handles it. */
function useEscape(act: (() => void) | null): void {
  useEffect(() => {
    if (act === null) return;
    const listen = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || document.querySelector("[role=menu], dialog[open]") !== null) return;
      event.stopPropagation();
      act();
    };
    window.addEventListener("keydown", listen, true);
    return () => window.removeEventListener("keydown", listen, true);
  }, [act]);
}

interface RowBorderProps {
  readonly name: string;
  /** CSS pixels that the row takes at least, or all of the window that is left. */
  readonly height: StageRow["height"];
  readonly onHeight: (height: number) => void;
}

const LOWEST = 120;
const HIGHEST = 2000;
const KEY_STEP = 24;

/** The lower border of a row of panels: dragged or moved by the arrow keys, it makes the row higher or lower. */
function RowBorder({ name, height, onHeight }: RowBorderProps) {
  const border = useRef<HTMLDivElement>(null);
  const start = useRef({ y: 0, height: 0 });
  const rowHeight = (): number => border.current?.previousElementSibling?.getBoundingClientRect().height ?? LOWEST;
  const set = (wanted: number): void => onHeight(Math.min(HIGHEST, Math.max(LOWEST, Math.round(wanted))));
  const drag = (event: PointerEvent): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId))
      set(start.current.height + event.clientY - start.current.y);
  };
  const move = (event: ReactKeyboardEvent): void => {
    const by = event.key === "ArrowDown" ? KEY_STEP : event.key === "ArrowUp" ? -KEY_STEP : 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    set((height === "screen" ? rowHeight() : height) + by);
  };
  return (
    <div
      ref={border}
      className="stage-row-border"
      role="separator"
      aria-orientation="horizontal"
      aria-label={`Height of the ${name} row`}
      aria-valuenow={height === "screen" ? LOWEST : height}
      aria-valuetext={height === "screen" ? "as high as the window" : `${height} pixels`}
      aria-valuemin={LOWEST}
      aria-valuemax={HIGHEST}
      tabIndex={0}
      onKeyDown={move}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { y: event.clientY, height: rowHeight() };
      }}
      onPointerMove={drag}
    />
  );
}
