// The worker's thin edge: messages in, messages out, and what only a worker can reach. The engine is engineHost.ts.

import { httpSource } from "../model/httpSource";
import { blobSource } from "../model/source/blobSource";
import { createCpuBackend } from "./cpu/cpuBackend";
import { createEngineHost } from "./engineHost";
import { openGpu } from "./openGpu";
import type { EngineCommand } from "./protocol";

const host = createEngineHost({
  post: (event, transfer) => self.postMessage(event, { transfer }),
  openSource: (address, files) => (files === undefined ? httpSource(address) : blobSource(address, files)),
  openGpu: (model, options) => openGpu(navigator.gpu, model, options),
  createCpuBackend,
});

self.onmessage = (message: MessageEvent<EngineCommand>) => host.handle(message.data);
