// What the Streams view shares: a link that watches the same again and proves itself, and run files of its lanes.
import { useEffect, useState } from "react";
import { counted } from "../../lib/counted";
import { errorMessage } from "../../lib/errors";
import { streamPolicies } from "../../policy/streamChoices";
import type { PageStore } from "../../state/pageStore";
import { streamAddress } from "../../state/streams/streamAddress";
import { areWatched, streamRequest } from "../../state/streams/streamRecipe";
import type { StreamsState } from "../../state/streams/streamState";
import { encodeStreamFile, streamFileStem } from "../../trace/stream/streamFile";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { download } from "../../ui/files";
import { LateNote, useLatePart } from "../../ui/latePart";
import { writtenBytes } from "../../ui/numbers";
import { CopyField } from "./CopyField";
import { KeepInLibrary } from "./KeepInLibrary";

interface StreamShareProps {
  readonly store: PageStore;
  /** The page's own address, without a fragment. */
  readonly page: string;
}

export function StreamShare({ store, page }: StreamShareProps) {
  const { part: streams, failure } = useLatePart(true, store.getState().openStreams);
  return streams === null ? <LateNote failure={failure} /> : <StreamParts opened={streams.getState} page={page} />;
}

interface StreamPartsProps {
  readonly opened: () => StreamsState;
  readonly page: string;
}

/** The view as it was when the dialog was opened, whatever plays on behind it. */
export function StreamParts({ opened, page }: StreamPartsProps) {
  const [state] = useState(opened);
  return (
    <>
      <StreamLink state={state} page={page} />
      <StreamFiles state={state} />
    </>
  );
}

interface StreamLinkProps {
  readonly state: StreamsState;
  readonly page: string;
}

function StreamLink({ state, page }: StreamLinkProps) {
  const [hasMoment, setHasMoment] = useState(state.lanes.length > 0);
  const [made, setMade] = useState<{ readonly hasMoment: boolean; readonly address: string } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    void streamAddress({ page, state, hasMoment }).then((address) => {
      if (isCurrent) setMade({ hasMoment, address });
    });
    return () => {
      isCurrent = false;
    };
  }, [page, state, hasMoment]);
  const address = made?.hasMoment === hasMoment ? made.address : null;
  return (
    <div className="share-link" data-link={address === null ? "waiting" : "stream"}>
      <CopyField label="Link" text={address ?? ""} isBusy={address === null} />
      <h3>What it carries</h3>
      <dl className="share-carried">
        {carriedLines(state).map(([what, words]) => (
          <div key={what}>
            <dt>{what}</dt>
            <dd>{words}</dd>
          </div>
        ))}
      </dl>
      {state.lanes.length > 0 && (
        <label className="share-tick">
          <input type="checkbox" checked={hasMoment} onChange={(event) => setHasMoment(event.target.checked)} />
          <span>
            This moment <span className="muted">frame {state.view.seen}, with lane and head as they are</span>
          </span>
        </label>
      )}
      <p className="muted">All of this is in the address after the “#”. Nothing is stored on a server.</p>
    </div>
  );
}

function carriedLines({ chosen, lanes }: StreamsState): readonly (readonly [what: string, words: string])[] {
  const proof = areWatched(chosen, lanes)
    ? `the answers and the survivors of ${counted(lanes.length, "lane")}; whoever opens the link sees whether they came out the same`
    : "none: the streams on screen were not watched to their end under these settings";
  return [...settingLines(chosen), ["Proof", proof]];
}

function settingLines(chosen: StreamsState["chosen"]): readonly (readonly [what: string, words: string])[] {
  try {
    const { lanes, frames } = streamRequest(chosen);
    const [{ streamId, questions }] = lanes;
    return [
      ["Stream", `${streamId}, ${counted(frames.length, "frame")}, ${counted(questions.length, "question")}`],
      ["Lanes", lanes.map((recipe) => laneWords({ header: { recipe } })).join("; ")],
    ];
  } catch (error) {
    return [["Stream", errorMessage(error)]];
  }
}

/** "TaR + VaN, |M| 8 frames" */
function laneWords({ header: { recipe } }: { readonly header: Pick<StreamTrace["header"], "recipe"> }): string {
  const { policyId, choices } = recipe;
  const { label } = streamPolicies[policyId];
  return choices.capFrames === null ? label : `${label}, |M| ${counted(choices.capFrames, "frame")}`;
}

type MadeFiles =
  | { readonly type: "files"; readonly files: readonly Uint8Array[] }
  | { readonly type: "failed"; readonly message: string };

function StreamFiles({ state }: { readonly state: StreamsState }) {
  const { lanes, status } = state;
  const isGrowing = status === "running" || status === "loading";
  const made = useStreamFiles(lanes, !isGrowing);
  if (lanes.length === 0) return null;
  if (isGrowing) {
    return (
      <p className="notice" role="status">
        The stream is under way. Pause it, or wait for its end, to save it.
      </p>
    );
  }
  const files = made?.type === "files" ? made.files : null;
  const size = files === null ? "…" : writtenBytes(files.reduce((sum, bytes) => sum + bytes.length, 0));
  const save = (): void => {
    for (const [lane, bytes] of (files ?? []).entries()) {
      const stem = streamFileStem(lanes[lane]);
      const name = lanes.length === 1 ? stem : `${stem}-lane${lane + 1}`;
      download(new Blob([bytes as Uint8Array<ArrayBuffer>]), `${name}.winnow`);
    }
  };
  return (
    <div className="share-files">
      <h3>Run files</h3>
      {made?.type === "failed" && (
        <p className="notice notice-error" role="alert">
          {made.message}
        </p>
      )}
      <div className="share-acts">
        <button type="button" className="button-primary" disabled={files === null} onClick={save}>
          {lanes.length === 1 ? "Save run file" : `Save ${lanes.length} run files`}
        </button>
        <span className="number">{size}</span>
        <KeepInLibrary
          traces={lanes}
          files={files}
          suggestedName={suggestedName(lanes)}
          laneWords={(lane) => laneWords(lanes[lane])}
        />
      </div>
      <p className="muted">Dropped on this page anywhere, a run file opens without a model or a GPU.</p>
    </div>
  );
}

function suggestedName(lanes: readonly StreamTrace[]): string {
  const [first] = lanes;
  const { streamId } = first.header.recipe;
  return lanes.length === 1 ? `${streamId}: ${laneWords(first)}` : streamId;
}

/** Null until they are made. */
function useStreamFiles(lanes: readonly StreamTrace[], isWanted: boolean): MadeFiles | null {
  const [made, setMade] = useState<MadeFiles | null>(null);
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    Promise.all(lanes.map((lane) => encodeStreamFile(lane))).then(
      (files) => isCurrent && setMade({ type: "files", files }),
      (error: unknown) => isCurrent && setMade({ type: "failed", message: errorMessage(error) }),
    );
    return () => {
      isCurrent = false;
    };
  }, [lanes, isWanted]);
  return made;
}
