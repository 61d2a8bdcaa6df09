// Run files that were dropped or chosen, opened on the page: what can be read is shown, the rest is told.
import { errorMessage } from "../../lib/errors";
import type { RunFileBlob } from "../../state/openFile";
import type { PageStore } from "../../state/pageStore";
import { openRunFiles } from "./openRunFiles";

export async function showOpened(store: PageStore, files: readonly RunFileBlob[]): Promise<void> {
  const { tell, showTraces } = store.getState();
  try {
    const { traces, complaints } = await openRunFiles(files);
    for (const complaint of complaints) tell("error", complaint);
    if (traces.length > 0) showTraces(traces);
  } catch (error) {
    tell("error", `The file could not be opened: ${errorMessage(error)}`);
  }
}
