// Starts a worker from one of the page's own scripts. A worker whose script comes from the server would get its policy
// from the response headers, and none if there are no such headers. One from a blob inherits the page's
// Content-Security-Policy, so that it reaches no other origin either.

/** `script`: an absolute address. */
export function createModuleWorker(script: string, name: string): Worker {
  const blob = new Blob([`import ${JSON.stringify(script)};`], { type: "text/javascript" });
  return new Worker(URL.createObjectURL(blob), { type: "module", name });
}
