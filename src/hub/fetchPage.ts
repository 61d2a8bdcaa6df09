// fetch.html: the document that downloads models. It has a policy of its own that reaches the hubs of the list (hubs.ts), runs
// only in a frame of the page itself, and knows nothing of prompts and runs. A token that is typed here stays in a variable.
import "../styles/base.css";
import "./fetchPage.css";

import { errorMessage, InputError } from "../lib/errors";
import { createModuleWorker } from "../lib/moduleWorker";
import { bytesInWords, timeInWords } from "./bytesInWords";
import { buttons, el, facts, problem, type Act } from "./fetchElements";
import { parseWish, isPinned, type FetchAnswer, type FetchWish } from "./fetchWish";
import { findHub, type Hub } from "./hubs";
import type { KeepCommand, KeepEvent } from "./keepMessages";
import keepWorkerAddress from "./keepWorker.ts?worker&url";
import {
  askToPersist,
  bytesOfModel,
  bytesThere,
  findModel,
  forgetModel,
  freeBytes,
  isWhole,
  keyOf,
} from "./keptModels";
import type { KeptModel, WantedModel } from "./keptModels";
import { listRepository, modelChoices, parseRepository, type HubFile, type ModelChoice } from "./listing";
import { isWeightFile } from "./modelFiles";
import { promisedDigest, promisedFiles } from "./promisedFiles";

const root = document.getElementById("fetch");
if (root === null) throw new Error("fetch.html has no element with the id fetch");
const place: HTMLElement = root;

/** In memory alone, for as long as this document is there. */
let token = "";

start();

function start(): void {
  const wish = parseWish(location.hash);
  if (!isFramedByThePage()) {
    show(el("p", {}, "This document downloads models for Winnow, within its page: open Winnow, then Models."));
    return;
  }
  if (wish?.isDark === true) document.documentElement.dataset.theme = "dark";
  tellPage({ type: "opened" });
  const size = new ResizeObserver(() => tellPage({ type: "height", height: place.getBoundingClientRect().height }));
  size.observe(place);
  const hub = wish === null ? null : findHub(wish.hub);
  if (wish === null || hub === null) {
    show(problem("The address names no model, or a hub that this page does not download from."));
    return;
  }
  void plan(wish, hub);
}

function isFramedByThePage(): boolean {
  try {
    return window.parent !== window && window.parent.location.origin === location.origin;
  } catch {
    return false;
  }
}

function tellPage(answer: FetchAnswer): void {
  window.parent.postMessage({ winnowFetch: answer }, location.origin);
}

/** Asks the hub what there is, and shows what would be downloaded. */
async function plan(wish: FetchWish, hub: Hub): Promise<void> {
  show(el("p", {}, `Asking ${hub.label} for ${wish.repository}…`));
  try {
    const repository = parseRepository(wish.repository);
    const { commit, files } = await listRepository(hub, repository, wish.revision, askHub(hub));
    const choices = choicesOf(wish, files, repository);
    choose(wish, { hub, repository, commit, choices });
  } catch (error) {
    const again: Act = ["Ask again", () => void plan(wish, hub), "primary"];
    // A file that is held to a SHA-256 is the same in whatever version it stands.
    const newest: Act = ["Look in its newest version", () => void plan({ ...wish, revision: "main" }, hub)];
    show(problem(errorMessage(error)), tokenField(), buttons(isPinned(wish) ? [again, newest] : [again]));
  }
}

/** Small answers of the hub itself. */
function askHub(hub: Hub): (address: string) => Promise<Response> {
  return async (address) => {
    let response: Response;
    try {
      response = await fetch(address, {
        headers: token === "" ? {} : { authorization: `Bearer ${token}` },
        credentials: "omit",
        referrerPolicy: "no-referrer",
        cache: "no-store",
        signal: AbortSignal.timeout(20_000),
      });
    } catch (error) {
      throw new InputError(
        `${hub.label} could not be reached, or does not let this page read its answer (${errorMessage(error)}). Check the connection. Or ${gatedAdvice}`,
      );
    }
    if (response.ok) return response;
    await response.body?.cancel();
    if (response.status === 401 || response.status === 403) {
      throw new InputError(`${hub.label} refuses it (${response.status}): it does not exist, or ${gatedAdvice}`);
    }
    if (response.status === 404)
      throw new InputError(`${hub.label} has no such model, or no such version of it; check the name.`);
    const wait = response.headers.get("retry-after");
    throw new InputError(
      `${hub.label} answered ${response.status}${wait === null ? "" : ` and asks to wait ${wait} s`}; try again later.`,
    );
  };
}

const gatedAdvice =
  "it may be gated: accept its terms on its page and give a token here, or download it there and drop the file on Winnow.";

function choicesOf(wish: FetchWish, files: readonly HubFile[], repository: string): readonly ModelChoice[] {
  const choices = modelChoices(files);
  if (wish.path === null) {
    if (choices.length > 0) return choices;
    throw new InputError(
      `${repository} has no model that Winnow reads: no .gguf file, and no config.json, tokenizer.json and model.safetensors. Look for a repository with GGUF in its name.`,
    );
  }
  const wanted = choices.filter((choice) => choice.files.some(({ path }) => path === wish.path));
  if (wanted.length > 0) return wanted;
  if (choices.length === 0)
    throw new InputError(`${repository} has no ${wish.path}, nor another model that Winnow reads.`);
  return choices;
}

interface Found {
  readonly hub: Hub;
  readonly repository: string;
  readonly commit: string;
  readonly choices: readonly ModelChoice[];
}

function choose(wish: FetchWish, found: Found): void {
  const [only] = found.choices;
  if (found.choices.length === 1) {
    void offer(wish, found, only);
    return;
  }
  let chosen = only;
  const list = el(
    "fieldset",
    {},
    el(
      "legend",
      {},
      wish.path === null ? "Models of this repository" : `There is no ${wish.path} (any more); there are`,
    ),
    ...found.choices.map((choice, at) => {
      const radio = el("input", { type: "radio", name: "choice", ...(at === 0 && { checked: "" }) });
      radio.addEventListener("change", () => (chosen = choice));
      return el(
        "label",
        {},
        radio,
        el("span", {}, choice.label),
        el("span", { class: "bytes" }, bytesInWords(choice.bytes)),
      );
    }),
  );
  show(
    el(
      "p",
      { class: "soft" },
      "Q8_0 suits models up to 1 billion parameters, Q4_K_M larger ones: fewer bits hurt small models most.",
    ),
    list,
    buttons([["Choose", () => void offer(wish, found, chosen), "primary"]]),
  );
}

/** Says everything before the first byte. */
async function offer(wish: FetchWish, found: Found, choice: ModelChoice): Promise<void> {
  const { hub, repository, commit } = found;
  try {
    const files = promisedFiles(wish, choice);
    const wanted: WantedModel = {
      label: wish.label ?? `${repository.split("/")[1]}, ${choice.label}`,
      origin: { type: "hub", hub: hub.id, repository, commit },
      files,
      licence: wish.licence,
    };
    const isByPin = isPinned(wish) && promisedDigest(files) === wish.sha256;
    const free = await freeBytes();
    const begun = await findModel(wanted);
    const there = begun === null ? 0 : bytesThere(begun);
    const size = bytesInWords(choice.bytes);
    const go = there === 0 || begun === null ? `Download ${size}` : goOnWords(begun);
    const acts: Act[] = [[go, () => download(wish, found, choice, wanted), "primary"]];
    if (there > 0)
      acts.push([`Delete the ${bytesInWords(there)} that have come`, () => void drop(wish, found, choice, wanted)]);
    show(
      facts([
        [
          "What",
          `${wanted.label}: ${choice.files.length === 1 ? "one file" : `${choice.files.length} files`}, ${size}`,
        ],
        ["From", `${hub.label}: ${repository}, commit ${commit.slice(0, 10)}`],
        ["Checked by", hashWords(files, isByPin)],
        [
          "Stays",
          `in this browser, for this page alone${free === null ? "" : `; ${bytesInWords(free)} are free`}. Models deletes it`,
        ],
        [
          "Who sees it",
          `${hub.label} and its file hosts see your address and which file you take. Prompts and runs are never sent`,
        ],
        ["Without it", "everything else of Winnow works: the embedded models, files from disk, recorded runs"],
      ]),
      ...(isByPin ? [] : [tokenField()]),
      buttons(acts),
    );
  } catch (error) {
    show(problem(errorMessage(error)));
  }
}

function goOnWords(begun: KeptModel): string {
  if (isWhole(begun)) return "Use it: it is in this browser";
  if (begun.files.some(({ state }) => state === "damaged")) return "Download again what is damaged";
  return `Go on with the download (${bytesInWords(bytesOfModel(begun) - bytesThere(begun))} left)`;
}

function hashWords(files: WantedModel["files"], isByPin: boolean): string {
  const known = files.find(({ path, sha256 }) => isWeightFile(path) && sha256 !== null);
  if (known === undefined) return "nothing: the hub names no SHA-256. The one that comes out is shown";
  const short = `SHA-256 ${known.sha256?.slice(0, 16)}…`;
  return isByPin ? `${short}, pinned` : `${short}, as the hub says today (not pinned yet)`;
}

async function drop(wish: FetchWish, found: Found, choice: ModelChoice, wanted: WantedModel): Promise<void> {
  try {
    await forgetModel(await keyOf(wanted));
  } catch (error) {
    // Another tab may be writing it.
    show(problem(errorMessage(error)), buttons([["Back", () => void offer(wish, found, choice), "primary"]]));
    return;
  }
  await offer(wish, found, choice);
}

function download(wish: FetchWish, found: Found, choice: ModelChoice, wanted: WantedModel): void {
  // Within the click, as some browsers demand.
  askToPersist();
  const bar = el("progress", { "aria-label": "Progress", max: String(choice.bytes), value: "0" });
  const line = el("p", { role: "status" }, "Beginning…");
  const notice = el("p", { class: "soft" });
  const worker = createModuleWorker(new URL(keepWorkerAddress, import.meta.url).href, "download");
  const send = (command: KeepCommand): void => worker.postMessage(command);
  tellPage({ type: "busy", isBusy: true });
  const end = (): void => {
    worker.terminate();
    tellPage({ type: "busy", isBusy: false });
  };
  const again: Act = ["Try again", () => void offer(wish, found, choice), "primary"];
  const rate = createRate();
  worker.onmessage = ({ data }: MessageEvent<KeepEvent>) => {
    switch (data.type) {
      case "progress":
        bar.value = data.bytes;
        line.textContent = progressWords(data, rate.per(data.bytes));
        break;
      case "notice":
        notice.textContent = data.message;
        break;
      case "kept":
        end();
        show(el("p", {}, `${wanted.label} is in this browser${checkedWords(wanted)}.`));
        tellPage({ type: "kept", key: data.key });
        break;
      case "cancelled":
        end();
        show(el("p", {}, "Stopped. What has come is kept."));
        void offer(wish, found, choice);
        break;
      case "failed":
        end();
        show(
          problem(failureWords(data)),
          tokenField(),
          buttons([again, ["Delete what has come", () => void drop(wish, found, choice, wanted)]]),
        );
        break;
      case "inspected":
        break;
    }
  };
  worker.onerror = ({ message }) => {
    end();
    show(problem(`The download stopped: ${message}.`), buttons([again]));
  };
  show(bar, line, notice, buttons([["Cancel", () => send({ type: "cancel" })]]));
  send({ type: "download", wanted, hub: found.hub.id, token });
}

function checkedWords({ files }: WantedModel): string {
  return promisedDigest(files) === null ? "; there was no SHA-256 to check it by" : ", and its SHA-256 is right";
}

function progressWords(
  { phase, bytes, totalBytes }: Extract<KeepEvent, { type: "progress" }>,
  bytesPerSecond: number,
): string {
  if (phase === "asking") return "Asking for the file…";
  if (phase === "checking") return "Checking the SHA-256…";
  const left = timeInWords((totalBytes - bytes) / bytesPerSecond);
  const speed =
    Number.isFinite(bytesPerSecond) && bytesPerSecond > 0 ? `, ${bytesInWords(bytesPerSecond)}/s, ${left} left` : "";
  return `Downloading: ${bytesInWords(bytes)} of ${bytesInWords(totalBytes)}${speed}`;
}

/** Bytes a second, over the last seconds. */
function createRate() {
  const seen: { readonly atMs: number; readonly bytes: number }[] = [];
  return {
    per(bytes: number): number {
      const atMs = performance.now();
      seen.push({ atMs, bytes });
      while (seen.length > 2 && seen[0].atMs < atMs - 5000) seen.shift();
      const [oldest] = seen;
      return ((bytes - oldest.bytes) / (atMs - oldest.atMs)) * 1000;
    },
  };
}

function failureWords({ message, missingBytes }: Extract<KeepEvent, { type: "failed" }>): string {
  if (missingBytes === undefined) return message;
  const missing = missingBytes > 0 ? ` ${bytesInWords(missingBytes)} are missing.` : "";
  return `${message}${missing} Delete other models under Models, or open the model from disk: that needs no room.`;
}

function show(...parts: readonly Node[]): void {
  place.replaceChildren(...parts);
}

function tokenField(): HTMLElement {
  const input = el("input", { type: "password", autocomplete: "off", id: "token", value: "" });
  input.value = token;
  input.addEventListener("input", () => (token = input.value.trim()));
  return el(
    "details",
    {},
    el("summary", {}, "A token, for gated and private models"),
    el(
      "p",
      { class: "soft" },
      "It stays in the memory of this frame, goes to the hub alone, and is gone when the frame closes.",
    ),
    el("label", { for: "token" }, "Token"),
    input,
  );
}
