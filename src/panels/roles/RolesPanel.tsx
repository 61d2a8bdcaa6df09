// Which query heads look at the words that an answer is read from: a grid of heads, surface against logic, and one trial to
// look at. The roles are those of the run's model, fetched when the panel is first seen.
import { memo, useMemo, type ReactNode } from "react";
import { loadHeadRoles, rememberMeasure, type HeadRoles } from "../../state/storedMeasures";
import { Panel } from "../../ui/Panel";
import { SequentialLegend } from "../../ui/SequentialLegend";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { PanelProps } from "../definePanel";
import { useMeasure } from "../useMeasure";
import {
  chosenHead,
  chosenTrials,
  choiceOf,
  figureLabels,
  figureOf,
  headName,
  needleOptions,
  rolesTable,
  scoreText,
  type QueryHead,
} from "./layout";
import type { RolesView } from "./view";
import { RolesBudgets } from "./RolesBudgets";
import { RolesExampleText } from "./RolesExampleText";
import { RolesGrid } from "./RolesGrid";
import { RolesScatter } from "./RolesScatter";
import "./roles.css";

type RolesPanelProps = PanelProps<"trace" | "focus" | "onFocus" | "theme", RolesView>;

const rolesOf = rememberMeasure(loadHeadRoles);

export const RolesPanel = memo(function RolesPanel(props: RolesPanelProps) {
  const loaded = useMeasure(props.trace.header.model, rolesOf);
  if (loaded?.type === "measure") return <RolesFigure {...props} roles={loaded.measure} />;
  return (
    <Panel {...props.heading} provenance={["stored"]}>
      <p className="panel-empty" role="status">
        {loaded?.message ?? "Loading…"}
      </p>
    </Panel>
  );
});

export const RolesFigure = memo(function RolesFigure(props: RolesPanelProps & { readonly roles: HeadRoles }) {
  const { heading, trace, focus, onFocus, theme, view, onView, roles } = props;
  const { model } = trace.header;
  const chosen = useMemo(() => chosenTrials(roles, view.needle), [roles, view.needle]);
  const head = chosenHead(model, focus, view.member);
  const choose = (next: QueryHead): void => {
    const { focus: nextFocus, member } = choiceOf(model, next);
    onFocus(nextFocus);
    if (member !== view.member) onView({ ...view, member });
  };
  return (
    <Panel
      {...heading}
      subtitle={chosen.words}
      provenance={["stored"]}
      controls={
        <>
          <ToolChoice
            label="needles"
            value={view.needle}
            options={needleOptions(roles)}
            onChange={(needle) => onView({ ...view, needle })}
          />
          <ToolChoice
            label="colour"
            value={view.figure}
            options={toolOptions(figureLabels)}
            onChange={(figure) => onView({ ...view, figure })}
          />
        </>
      }
      table={() => rolesTable(roles, model, view.needle)}
    >
      <div className="roles-columns">
        <Part title="Every query head" words="A row is a layer; heads that share a KV head stand together.">
          <RolesGrid
            values={figureOf(chosen.figures, view.figure)}
            figures={chosen.figures}
            figure={view.figure}
            model={model}
            head={head}
            theme={theme}
            onHead={choose}
          />
          <div className="legend">
            <SequentialLegend label={figureLabels[view.figure]} low="0" high="1" theme={theme} />
            <span className="legend-item">top: the {roles.topCount} largest weights</span>
          </div>
        </Part>
        <Part title="Surface against logic" words="InfScore of the same heads, named layer.head">
          <RolesScatter roles={roles} head={head} onHead={choose} />
        </Part>
        <Part
          title={`One trial, seen by ${headName(head)}`}
          words={`KV head ${focus.kvHead}; over all trials ${scoreText(chosen.figures, head)}`}
        >
          {chosen.example !== null && <RolesExampleText roles={roles} example={chosen.example} head={head} />}
        </Part>
        {roles.budgets !== null && (
          <Part title="Slots by role" words="Answers right, against a uniform share of the same slots in total.">
            <RolesBudgets roles={roles} />
          </Part>
        )}
      </div>
    </Panel>
  );
});

interface PartProps {
  readonly title: string;
  readonly words: string;
  readonly children: ReactNode;
}

function Part({ title, words, children }: PartProps) {
  return (
    <figure className="roles-part">
      <figcaption>
        <strong>{title}</strong> {words}
      </figcaption>
      {children}
    </figure>
  );
}
