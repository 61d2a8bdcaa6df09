// How often the checkpoints of a training are right, by step and budget, over a scrubber; beside it what the one chosen, and all
// that were asked, make of the problem on the page.
import { memo, useMemo } from "react";
import { checkpointQuestion, type CheckpointTrial } from "../../state/checkpointTrials";
import type { CheckpointResults } from "../../state/storedCheckpoints";
import { Panel } from "../../ui/Panel";
import { ToolChoice, type ToolOption } from "../../ui/ToolChoice";
import { useStoredCheckpoints } from "../checkpointFigures";
import type { PanelProps } from "../definePanel";
import { CheckpointRuns, type AskedOfCheckpoints } from "./CheckpointRuns";
import { trainingTable } from "./layout";
import { TrainingCurves } from "./TrainingCurves";
import type { TrainingView } from "./view";
import "./training.css";

const noTrials: readonly CheckpointTrial[] = [];

type TrainingPanelProps = PanelProps<keyof AskedOfCheckpoints | "problem" | "theme", TrainingView>;

export const TrainingPanel = memo(function TrainingPanel(props: TrainingPanelProps) {
  const loaded = useStoredCheckpoints("training");
  if (loaded?.type === "results") return <TrainingFigure {...props} results={loaded.results} />;
  return (
    <Panel {...props.heading} provenance={["stored"]}>
      <p className="panel-empty" role="status">
        {loaded?.message ?? "Loading…"}
      </p>
    </Panel>
  );
});

export const TrainingFigure = memo(function TrainingFigure(
  props: TrainingPanelProps & { readonly results: CheckpointResults },
) {
  const { heading, problem, view, onView, results } = props;
  const { checkpoints, problemCount, families } = results;
  const own = problem?.family ?? families[0].family;
  const family = view.family === "own" ? own : view.family;
  const chosen = Math.min(view.checkpoint ?? checkpoints.length - 1, checkpoints.length - 1);
  const options: readonly ToolOption<TrainingView["family"]>[] = [
    ["own", problem === null ? own : `this problem’s: ${own}`],
    ...(["walk", "diary", "story", "orders"] as const)
      .filter((each) => each !== own)
      .map((each) => [each, each] as const),
  ];
  const choose = (checkpoint: number): void => onView({ ...view, checkpoint });
  const { header } = props.trace;
  const question = useMemo(() => checkpointQuestion(header, problem), [header, problem]);
  const trials = props.checkpointTrials.checkpointTrials[question.key] ?? noTrials;
  return (
    <Panel
      {...heading}
      subtitle={`Winnow 1M, distilled: ${problemCount} problems a mark`}
      provenance={["stored", "measured"]}
      controls={
        <ToolChoice
          label="family"
          value={view.family === own ? "own" : view.family}
          options={options}
          onChange={(next) => onView({ ...view, family: next })}
        />
      }
      table={() => trainingTable(results, family, trials)}
    >
      <div className="training-grid">
        <TrainingCurves results={results} family={family} chosen={chosen} onChoose={choose} />
        <CheckpointRuns
          {...props}
          checkpoints={checkpoints}
          question={question}
          trials={trials}
          chosen={chosen}
          onChoose={choose}
          isAsked={view.checkpoint !== null}
        />
      </div>
    </Panel>
  );
});
