// The page's header: name, the model and machine behind the numbers, theme, results, help.
import type { ReactNode } from "react";
import type { BackendSummary, ModelSummary } from "../../trace/trace";
import { ToolChoice, toolOptions } from "../../ui/ToolChoice";
import type { ThemeChoice } from "../../ui/useTheme";

const themeLabels: Readonly<Record<ThemeChoice, string>> = { system: "system colours", light: "light", dark: "dark" };

interface PageHeaderProps {
  readonly model: ModelSummary | null;
  readonly backend: BackendSummary | null;
  /** The engine runs in this tab; otherwise model and backend are those of the recording. */
  readonly isEngineLoaded: boolean;
  readonly themeChoice: ThemeChoice;
  /** Further tools: undo, the library, the menu of panels. */
  readonly tools: ReactNode;
  readonly onTheme: (choice: ThemeChoice) => void;
  readonly onResults: () => void;
  readonly onHelp: () => void;
}

export function PageHeader(props: PageHeaderProps) {
  const { model, backend, isEngineLoaded, themeChoice, onTheme } = props;
  return (
    <header className="page-header">
      <h1>
        <Mark />
        Winnow
      </h1>
      <p className="page-claim">Watch a language model decide what to remember.</p>
      <div className="page-facts">
        {model !== null && (
          <span title={`${model.parameterCount.toLocaleString("en")} parameters, ${model.architecture}`}>
            {model.label}: {model.layerCount} layers × {model.kvHeadCount} KV heads
          </span>
        )}
        {backend !== null && (
          <span className="backend" data-backend={isEngineLoaded ? backend.type : undefined}>
            {isEngineLoaded ? "" : "recorded on "}
            {backendLabel(backend)}
          </span>
        )}
      </div>
      <div className="page-tools">
        <ToolChoice
          label="Colours"
          isLabelHidden
          value={themeChoice}
          options={toolOptions(themeLabels)}
          onChange={onTheme}
        />
        {props.tools}
        <button type="button" onClick={props.onResults} title="What each policy keeps, measured over many problems">
          Results
        </button>
        <button type="button" onClick={props.onHelp} aria-keyshortcuts="?" title="Keys and reading help (?)">
          Help
        </button>
      </div>
    </header>
  );
}

/** The machine that computes, in words; says if the GPU is emulated on the CPU. */
export function backendLabel(backend: BackendSummary): string {
  if (backend.type === "cpu") return `CPU: ${backend.adapter}`;
  return `WebGPU${backend.isSoftware ? ", software adapter" : ""}: ${backend.adapter} (${backend.weightType})`;
}

/** One grain that stays and two that fly off. */
function Mark() {
  return (
    <svg className="page-mark" width={22} height={22} viewBox="0 0 22 22" aria-hidden="true">
      <path className="mark-tray" d="M2,13a9,6.5 0 0 0 18,0z" />
      <circle className="mark-grain" cx={9} cy={9.5} r={2.6} />
      <circle className="mark-chaff" cx={14.5} cy={5.5} r={1.7} />
      <circle className="mark-chaff" cx={18} cy={2.6} r={1.1} />
    </svg>
  );
}
