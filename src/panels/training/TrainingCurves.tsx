// Accuracy by training step, a line per budget with error bars; the loss along the same steps; and the scrubber under both.
import { useMemo } from "react";
import type { CheckpointResults } from "../../state/storedCheckpoints";
import { ChartAxes, LineLabels } from "../../ui/ChartAxes";
import { useElementSize } from "../../ui/useElementSize";
import { columnText, curvesLayout, curvesText, lossLayout } from "./layout";

interface TrainingCurvesProps {
  readonly results: CheckpointResults;
  readonly family: string;
  /** The checkpoint on show. */
  readonly chosen: number;
  readonly onChoose: (checkpoint: number) => void;
}

const HEIGHT = 216;
const LOSS_HEIGHT = 84;
/** A scrubber's thumb stands half of its width inside its track. */
const THUMB = 16;

export function TrainingCurves({ results, family, chosen, onChoose }: TrainingCurvesProps) {
  const [frame, { width }] = useElementSize<HTMLElement>({ width: 480, height: HEIGHT });
  const layout = useMemo(() => curvesLayout(results, family, { width, height: HEIGHT }), [results, family, width]);
  const loss = useMemo(() => lossLayout(results, family, { width, height: LOSS_HEIGHT }), [results, family, width]);
  const { plot, columns, curves } = layout;
  const { checkpoints } = results;
  const columnWidth = (plot.right - plot.left) / columns.length;
  const lastColumn = columns[columns.length - 1];
  return (
    <figure ref={frame} className="training-curves">
      <figcaption>
        <strong>Answers right by training step</strong> a line per budget; bars are one standard error
      </figcaption>
      <svg width={width} height={HEIGHT} role="img" aria-label={curvesText(results, family)}>
        <rect
          className="training-chosen"
          x={columns[chosen] - columnWidth / 2}
          width={columnWidth}
          y={plot.top}
          height={plot.bottom - plot.top}
        />
        <ChartAxes {...layout} xTitle="training step; from mark to mark it doubles" yTitle="right, %" />
        <g aria-hidden="true">
          {curves.map(({ label, tone, path, marks }) => (
            <g key={label} className={`training-line-${tone}`}>
              <path className="training-path" d={path} />
              {marks.map(({ x, y, lowY, highY }) => (
                <g key={x}>
                  <path
                    className="training-error"
                    d={`M${x},${lowY}V${highY}M${x - 2},${lowY}h4M${x - 2},${highY}h4`}
                  />
                  <circle cx={x} cy={y} r={2.8} />
                </g>
              ))}
            </g>
          ))}
          <LineLabels labels={layout.labels} right={lastColumn + 8} />
          {columns.map((x, at) => (
            <rect
              key={x}
              className="training-column"
              x={x - columnWidth / 2}
              width={columnWidth}
              y={plot.top}
              height={plot.bottom - plot.top + 18}
              onClick={() => onChoose(at)}
            >
              <title>{columnText(results, family, at)}</title>
            </rect>
          ))}
        </g>
      </svg>
      <input
        className="training-scrubber"
        type="range"
        min={0}
        max={checkpoints.length - 1}
        step={1}
        value={chosen}
        aria-label="Checkpoint"
        aria-valuetext={`step ${checkpoints[chosen].step}`}
        style={{ marginLeft: columns[0] - THUMB / 2, width: lastColumn - columns[0] + THUMB }}
        onChange={(event) => onChoose(Number(event.target.value))}
      />
      {loss !== null && (
        <>
          <svg
            width={width}
            height={LOSS_HEIGHT}
            role="img"
            aria-label={`Loss along the run, ${family}, in nats a word.`}
          >
            <rect
              className="training-chosen"
              x={columns[chosen] - columnWidth / 2}
              width={columnWidth}
              y={loss.plot.top}
              height={loss.plot.bottom - loss.plot.top}
            />
            <ChartAxes {...loss} xTitle="" yTitle="loss, nats" />
            <path className="training-loss" d={loss.path} aria-hidden="true" />
          </svg>
          <p className="training-note">
            Loss while training, on {family}: KL to the teacher with the full cache, logarithmic.
          </p>
        </>
      )}
    </figure>
  );
}
