// Renders a chat template in a worker of its own, which ends after two seconds whatever the template does.

import { createModuleWorker } from "../lib/moduleWorker";
import type { TemplateRequest } from "./speech";
import type { TemplateAnswer } from "./templateWorker";
import templateWorkerAddress from "./templateWorker.ts?worker&url";

const TIME_LIMIT_MS = 2000;
/** For the worker's code to load, which says nothing about the template. */
const START_LIMIT_MS = 15_000;

export function renderTemplate(request: TemplateRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = createModuleWorker(new URL(templateWorkerAddress, import.meta.url).href, "template");
    const end = (act: () => void): void => {
      clearTimeout(timer);
      worker.terminate();
      act();
    };
    const limit = (ms: number, words: string) => setTimeout(() => end(() => reject(new Error(words))), ms);
    let timer = limit(START_LIMIT_MS, "its worker did not start");
    let isStarted = false;
    worker.onmessage = ({ data }: MessageEvent<TemplateAnswer>) => {
      if (!isStarted) {
        // The first answer, to a template of one letter: from here on the time is the template's.
        isStarted = true;
        clearTimeout(timer);
        timer = limit(TIME_LIMIT_MS, `it took longer than ${TIME_LIMIT_MS / 1000} seconds`);
        worker.postMessage(request);
        return;
      }
      end(() => ("text" in data ? resolve(data.text) : reject(new Error(data.failure))));
    };
    worker.onerror = ({ message }) => end(() => reject(new Error(message || "its worker did not start")));
    worker.postMessage({ template: "x", values: {} } satisfies TemplateRequest);
  });
}
