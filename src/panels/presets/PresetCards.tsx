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
        Each is one run of several lanes, chosen because it shows its point clearly; the counts say how often the point
        holds. Its link carries a proof, so the page can tell whether the run reproduces here.
      </p>
      <ol className="presets-list">
        {presets.map((preset) => (
          <li key={preset.id} className="preset">
            <PresetCard preset={preset} onOpen={onOpen} />
          </li>
        ))}
      </ol>
      <p className="presets-foot muted">
        “Right of 100”: problems of the same kind and size that a run with the lane’s settings answers right, from the
        stored table of results; * counted by the search for these examples.
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
                {lane.source === "search" && <span className="preset-note">*</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
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
