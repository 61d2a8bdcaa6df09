// The presets as cards: what to see, why it matters, every lane's answer and how often such answers are right.
import type { Preset, PresetLane } from "../../settings/presets";
import { cardLanes } from "./cardLanes";

interface PresetCardsProps {
  readonly presets: readonly Preset[];
  readonly onOpen: (preset: Preset) => void;
}

export function PresetCards({ presets, onOpen }: PresetCardsProps) {
  return (
    <>
      <p className="muted">
        Each example runs two to four lanes side by side. It was chosen because it shows its point clearly; “right of
        100” says how often the point holds. The page checks that your run matches the original.
      </p>
      <ol className="presets-list">
        {presets.map((preset) => (
          <li key={preset.id} className="preset">
            <PresetCard preset={preset} onOpen={onOpen} />
          </li>
        ))}
      </ol>
      <p className="presets-foot muted">
        Right of 100: how many of 100 problems of the same kind and size a run with these settings answers right, from
        the table of results.
      </p>
    </>
  );
}

function PresetCard({ preset, onOpen }: Pick<PresetCardsProps, "onOpen"> & { readonly preset: Preset }) {
  const { id, title, sees, matters, lanes, link } = preset;
  const { names, shared } = cardLanes(link);
  const [{ problemCount }] = lanes;
  const titleId = `preset-${id}`;
  return (
    <article aria-labelledby={titleId}>
      <header className="preset-head">
        <h3 id={titleId}>{title}</h3>
        <button type="button" className="button-primary" aria-label={`Open “${title}”`} onClick={() => onOpen(preset)}>
          Open
        </button>
      </header>
      <p>{sees}</p>
      <p>{matters}</p>
      <table className="preset-lanes">
        <caption>{shared}</caption>
        <thead>
          <tr>
            <th scope="col">Lane</th>
            <th scope="col">Answers</th>
            <th scope="col" className="number">
              Right of {problemCount}
            </th>
          </tr>
        </thead>
        <tbody>
          {lanes.map((lane, place) => (
            // A preset's lanes never change places.
            <tr key={place}>
              <th scope="row">{names[place]}</th>
              <td>
                <Answer lane={lane} />
              </td>
              <td className="number">
                {lane.rightCount}
                {lane.source === "search" && (
                  <abbr className="preset-note" title="Counted in the search for examples, not in the table of results">
                    *
                  </abbr>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {lanes.some(({ source }) => source === "search") && (
        <p className="preset-count muted">* counted in the search for examples, not in the table of results</p>
      )}
    </article>
  );
}

function Answer({ lane: { answer, given } }: { readonly lane: PresetLane }) {
  const isRight = answer === "right";
  return (
    <span className={isRight ? "preset-right" : "preset-wrong"}>
      <span aria-hidden="true">{isRight ? "✓" : "✗"}</span> {given ?? "none"}{" "}
      <span className="visually-hidden">{isRight ? "right" : "not right"}</span>
    </span>
  );
}
