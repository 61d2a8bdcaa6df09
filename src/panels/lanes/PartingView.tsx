// Where lanes with their own tokens part: each parting with a button that goes there, and the tokens around one of them,
// lane by lane.
import { memo, useMemo } from "react";
import type { LaneRun } from "../../state/shownRuns";
import { writtenShare } from "../../ui/numbers";
import { useElementSize } from "../../ui/useElementSize";
import { tokenLabel } from "../../trace/tokenText";
import { laneClass, LaneMark } from "./LaneMark";
import { laneLabel } from "./laneRows";
import { candidateProbability, tokenLines, type Parting, type TokenCell } from "./partings";

interface PartingViewProps {
  readonly lanes: readonly LaneRun[];
  readonly stageLane: number;
  readonly partings: readonly Parting[];
  /** The lane whose parting is drawn. */
  readonly otherLane: number;
  readonly shownStep: number;
  readonly onMove: (step: number) => void;
}

const NAME_WIDTH = 44;
/** Long words are cut off; their title shows them whole. */
const cellWidth = (width: number): number => (width < 520 ? 54 : 66);

export const PartingView = memo(function PartingView(props: PartingViewProps) {
  const { lanes, stageLane, partings, otherLane, shownStep, onMove } = props;
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 900, height: 120 });
  const columnCount = Math.max(3, Math.min(24, Math.floor((width - NAME_WIDTH) / cellWidth(width))));
  const parting = partings.find(({ lane }) => lane === otherLane)?.step ?? null;
  const lines = useMemo(
    () => (parting === null ? null : tokenLines(lanes, stageLane, parting, columnCount)),
    [lanes, stageLane, parting, columnCount],
  );
  const haveEnded = lanes.every(({ end }) => end !== null);
  return (
    <section ref={frame} className="lane-part" aria-label="Where the answers diverge">
      <h3>Where the answers diverge</h3>
      <ul className="lane-partings">
        {partings.map(({ lane, step, lastCommonStep }) => (
          <li key={lane}>
            <LaneMark lane={lane} />{" "}
            {step === null ? (
              <>
                {laneLabel(lane)}: no divergence from {laneLabel(stageLane)} up to step {lastCommonStep}
              </>
            ) : (
              <>
                {laneLabel(lane)} diverges from {laneLabel(stageLane)} at step {step}
                <button type="button" className="lane-go" onClick={() => onMove(step)}>
                  Go there<span className="visually-hidden">, to step {step}</span>
                </button>
              </>
            )}
          </li>
        ))}
      </ul>
      {haveEnded && partings.every(({ step }) => step === null) && (
        <p className="muted">Every lane writes the same. A smaller budget may tell them apart.</p>
      )}
      {lines !== null && parting !== null && (
        <>
          <table className="lane-tokens" style={{ "--token-width": `${cellWidth(width)}px` } as Record<string, string>}>
            <thead>
              <tr>
                <th scope="col">step</th>
                {lines.steps.map((step) => (
                  <th key={step} scope="col" aria-current={step === shownStep ? "step" : undefined}>
                    {step}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.lines.map(({ lane, cells }) => (
                <tr key={lane} className={laneClass(lane)}>
                  <th scope="row">
                    <LaneMark lane={lane} /> {lane + 1}
                  </th>
                  {cells.map((cell, column) => (
                    <TokenBox key={lines.steps[column]} cell={cell} shownStep={shownStep} parting={parting} />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
          <p className="lane-note">{partingSentence(lanes, parting, [stageLane, otherLane])}</p>
          <p className="lane-note">
            Columns are steps; per cent: the lane’s own probability of its token. Boxed: not the token of{" "}
            {laneLabel(stageLane)}. Slanted: after the step shown.
          </p>
        </>
      )}
    </section>
  );
});

interface TokenBoxProps {
  readonly cell: TokenCell | null;
  readonly shownStep: number;
  readonly parting: number;
}

function TokenBox({ cell, shownStep, parting }: TokenBoxProps) {
  if (cell === null) return <td className="lane-token lane-token-none">–</td>;
  const classes = [
    "lane-token",
    cell.isOther ? "lane-token-other" : "",
    cell.step > shownStep ? "lane-token-later" : "",
  ];
  return (
    <td
      className={classes.filter(Boolean).join(" ")}
      data-parting={cell.step === parting || undefined}
      title={cell.text}
    >
      <span className="lane-token-text">{tokenLabel(cell.text)}</span>
      <span className="lane-token-share">{writtenShare(cell.probability)}</span>
    </td>
  );
}

/** What each of the two said there, and how probable it thought the other's word. */
function partingSentence(lanes: readonly LaneRun[], step: number, [left, right]: readonly [number, number]): string {
  const said = (lane: number, other: number): string => {
    const [own, theirs] = [lane, other].map((each) => lanes[each].trace.steps[step]);
    const probability = candidateProbability(own, theirs.token);
    const ofOther =
      probability === null ? `not among its ${own.candidateTokens.length} most probable` : writtenShare(probability);
    return `“${tokenLabel(own.text)}” (${writtenShare(Math.exp(own.logProbability))}; “${tokenLabel(theirs.text)}” ${ofOther})`;
  };
  return `At step ${step} ${laneLabel(left)} says ${said(left, right)}, ${laneLabel(right)} ${said(right, left)}.`;
}
