// The stream of a lesson's part, watched to its end on the engine and shown at the part's moment; the recorded one is read from its file.
import { readFile } from "node:fs/promises";
import { openModel } from "../../../lab/openModel";
import { recordStream } from "../../../lab/stream/recordStream";
import recorded from "../../../public/streams/index.json";
import { decodeLink } from "../../settings/link";
import { parseStreamTexts } from "../../settings/streamLink";
import { firstStream, type StreamChosen } from "../../settings/streamSettings";
import { streamRequest } from "../../state/streams/streamRecipe";
import type { StreamFacts } from "../../state/streams/streamsDoor";
import { decodeStreamFile } from "../../trace/stream/streamFile";
import type { StreamTrace } from "../../trace/stream/streamTrace";
import { recipeFragment } from "./lessonFile";

/** Parts that show other moments of a stream share it. */
const watched = new Map<string, Promise<readonly StreamTrace[]>>();

export async function watchLessonStream(text: string): Promise<StreamFacts> {
  const { stream } = decodeLink(recipeFragment(text));
  if (stream === null) throw new Error(`${text} has no stream`);
  const { chosen, place } = parseStreamTexts(stream);
  const key = JSON.stringify(chosen);
  const traces = watched.get(key) ?? watchAll(chosen);
  watched.set(key, traces);
  const lanes = await traces;
  const seen = Math.min(place?.seen ?? Infinity, lanes[0].header.frames.length);
  const view = { seen, isFollowing: false, isPlaying: false, frame: null, head: null, stageLane: 0, look: null };
  return { lanes, version: 1, status: "ended", view };
}

async function watchAll(chosen: StreamChosen): Promise<readonly StreamTrace[]> {
  if (JSON.stringify(chosen) === JSON.stringify(firstStream)) return readRecorded();
  const request = streamRequest(chosen);
  const model = await openModel("public/models/winnow-stream-1m");
  const traces: StreamTrace[] = [];
  for (const recipe of request.lanes) traces.push(await recordStream(model, recipe, request));
  return traces;
}

function readRecorded(): Promise<readonly StreamTrace[]> {
  const [{ files }] = recorded;
  const folder = new URL("../../../public/streams/", import.meta.url);
  return Promise.all(files.map(async (file) => decodeStreamFile(await readFile(new URL(file, folder)), file)));
}
