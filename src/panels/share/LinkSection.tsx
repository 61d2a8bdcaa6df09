// The link: to the experiment or to this moment of it, and what it carries.
import { useEffect, useState } from "react";
import type { PageState } from "../../state/pageStore";
import { MOST_LINK_CHARACTERS, sharedLink, type SharedLink } from "../../state/sharedLink";
import { momentOf } from "../../state/openedLink";
import { CopyField } from "./CopyField";
import { areRunsOfSettings, carriedLines, type Shareable } from "./linkWords";

interface LinkSectionProps {
  readonly state: PageState;
  readonly shareable: Shareable;
  /** The page's own address, without a fragment. */
  readonly page: string;
  /** Shows the files to share. */
  readonly onFiles: () => void;
}

type LinkKind = "experiment" | "moment";

export function LinkSection({ state, shareable, page, onFiles }: LinkSectionProps) {
  const [kind, setKind] = useState<LinkKind>(() => (areRunsOfSettings(state) ? "moment" : "experiment"));
  const [hasProof, setHasProof] = useState(true);
  const { choices, comparison } = state;
  const moment = kind === "moment" ? momentOf(state) : null;
  const carried = hasProof ? shareable : { traces: [], gap: "You left it out." };
  const link = useSharedLink(state, { page, shareable, kind, hasProof });
  const lines = carriedLines({ choices, comparison, shareable: carried, isThinned: link?.isThinned ?? false, moment });
  return (
    <div className="share-link" data-link={link === null ? "waiting" : kind}>
      <fieldset className="share-choices">
        <legend>The link leads to</legend>
        {linkKinds.map(([value, label, help]) => (
          <label key={value}>
            <input type="radio" name="link-kind" checked={kind === value} onChange={() => setKind(value)} />
            <span>
              <strong>{label}</strong> <span className="muted">{help}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <CopyField label="Link" text={link?.address ?? ""} isBusy={link === null} />
      {link?.isLong === true && (
        <p className="notice notice-warning" role="status">
          <span>
            The link is longer than {MOST_LINK_CHARACTERS.toLocaleString("en")} characters, and chat programs and mail
            cut such links. Leave the proof out, or send a run file: it holds everything, and opens without a model.
          </span>
          <button type="button" className="share-go" onClick={onFiles}>
            Files
          </button>
        </p>
      )}
      <h3>What it carries</h3>
      <dl className="share-carried">
        {lines.map(({ what, words }) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {shareable.traces.length > 0 && (
        <label className="share-tick">
          <input type="checkbox" checked={hasProof} onChange={(event) => setHasProof(event.target.checked)} />
          <span>
            With proof <span className="muted">whoever opens the link sees whether the run came out the same</span>
          </span>
        </label>
      )}
      <p className="muted">All of this is in the address after the “#”. Nothing is stored on a server.</p>
    </div>
  );
}

const linkKinds = [
  ["moment", "This moment", "the run on screen at this step, with head, pinned token and panels as they are"],
  ["experiment", "Experiment", "the settings alone, to run them again"],
] as const satisfies readonly (readonly [LinkKind, string, string])[];

interface LinkWish {
  readonly page: string;
  readonly shareable: Shareable;
  readonly kind: LinkKind;
  readonly hasProof: boolean;
}

/** Null until it is made: long links are packed, which takes a moment. */
function useSharedLink(state: PageState, { page, shareable, kind, hasProof }: LinkWish): SharedLink | null {
  const [made, setMade] = useState<{ readonly of: string; readonly link: SharedLink } | null>(null);
  const wish = `${kind} ${hasProof}`;
  useEffect(() => {
    let isCurrent = true;
    const make = async (): Promise<void> => {
      const link = await sharedLink({
        page,
        choices: state.choices,
        comparison: state.comparison,
        traces: hasProof ? shareable.traces : [],
        moment: kind === "moment" ? momentOf(state) : null,
        way: state.way,
      });
      if (isCurrent) setMade({ of: wish, link });
    };
    void make();
    return () => {
      isCurrent = false;
    };
  }, [state, page, shareable, kind, hasProof, wish]);
  return made?.of === wish ? made.link : null;
}
