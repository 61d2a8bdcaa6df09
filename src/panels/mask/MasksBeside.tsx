// The true mask and, beside it, the whole mask that the reference would train this run with; and in how many cells they differ.
import { useCallback, useMemo, type ReactNode } from "react";
import { writtenShare } from "../../ui/numbers";
import type { ZoomFrame } from "../../ui/zoom/zoomFrame";
import type { MatrixPanelProps } from "../matrix/matrix";
import { MatrixPicture } from "../matrix/MatrixPicture";
import { lagSteps, maskCounts, type MaskView } from "./layout";
import { paintMask } from "./maskLayer";
import { maskDifference, trainingReadout } from "./trainingMask";

export interface MaskPictureProps extends MatrixPanelProps<MaskView> {
  /** Index of a KV head; null for all together. */
  readonly subject: number | null;
  readonly subjectLabel: string;
}

export function MasksBeside({ picture, ...props }: MaskPictureProps & { readonly picture: ReactNode }) {
  const { trace, step, theme, subject, subjectLabel } = props;
  const lag = lagSteps(trace);
  const draw = useCallback(
    (context: CanvasRenderingContext2D, frame: ZoomFrame) => {
      paintMask(context, frame, { trace, subject, lagSteps: lag, isTraining: true, theme }, step);
    },
    [trace, subject, step, lag, theme],
  );
  const { trainingOnly, decodingOnly } = useMemo(
    () => maskDifference(trace, step, { subject, lagSteps: lag }),
    [trace, step, subject, lag],
  );
  const { visibleCells } = useMemo(() => maskCounts(trace, step, subject), [trace, step, subject]);
  const perHead = subject === null ? " per head" : "";
  const written = (cells: number): string => Math.round(cells).toLocaleString("en");
  return (
    <>
      <div className="mask-beside">
        <div>
          <h3>What decoding sees</h3>
          {picture}
        </div>
        <div>
          <h3>The reference’s training mask</h3>
          <MatrixPicture
            {...props}
            what="Training mask"
            subjectLabel={subjectLabel}
            draw={draw}
            readoutOf={(cell) => trainingReadout(trace, { subject, lagSteps: lag }, cell)}
          />
        </div>
      </div>
      <p className="mask-note">
        The training mask is {lag} steps late and takes the last layer’s choice for every layer: {written(trainingOnly)}{" "}
        cells{perHead} that decoding does not see ({writtenShare(trainingOnly / visibleCells)} of the visible), without{" "}
        {written(decodingOnly)} that it does ({writtenShare(decodingOnly / visibleCells)}).
      </p>
    </>
  );
}
