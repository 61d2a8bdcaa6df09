// Where models may be downloaded from: the one list that whoever hosts the page edits before building it. The policy of
// fetch.html, the only document that reaches another origin, is made of it (vite.config.ts); with an empty list and no local
// hubs the page offers no downloads at all.

/** A server with the layout of the Hugging Face Hub: its tree API, and files under OWNER/NAME/resolve/REVISION/PATH. */
export interface Hub {
  /** In records and links; never changes. */
  readonly id: string;
  readonly label: string;
  readonly origin: string;
  /** Hosts that it sends a download on to, as a Content-Security-Policy writes them. Others are blocked. */
  readonly fileHosts: readonly string[];
}

/** The first is the one that the page names first. A mirror is one more entry, with an id of its own. */
export const hubs: readonly Hub[] = [
  {
    id: "hf",
    label: "Hugging Face",
    origin: "https://huggingface.co",
    fileHosts: ["https://*.huggingface.co", "https://*.hf.co"],
  },
];

/** A visitor may name a hub on their own machine. */
export const allowsLocalHubs = true;

const localHosts = ["http://127.0.0.1:*", "http://localhost:*"];
const localOrigin = /^http:\/\/(?:127\.0\.0\.1|localhost)(?::\d{1,5})?$/;

/** Whether this page downloads models at all. */
export const offersDownloads = hubs.length > 0 || allowsLocalHubs;

/** A hub of the list by its id, or one on this machine by its address; null for any other. */
export function findHub(idOrAddress: string): Hub | null {
  const known = hubs.find(({ id, origin }) => id === idOrAddress || origin === idOrAddress.replace(/\/+$/, ""));
  if (known !== undefined) return known;
  const address = idOrAddress.replace(/\/+$/, "");
  if (!allowsLocalHubs || !localOrigin.test(address)) return null;
  return { id: address, label: address.replace("http://", ""), origin: address, fileHosts: [] };
}

export function isLocalHub({ origin }: Hub): boolean {
  return localOrigin.test(origin);
}

/** What fetch.html may connect to, beside the page's own server. */
export function downloadHosts(): readonly string[] {
  return [...hubs.flatMap(({ origin, fileHosts }) => [origin, ...fileHosts]), ...(allowsLocalHubs ? localHosts : [])];
}
