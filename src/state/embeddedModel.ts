// The model that ships with the page; its address is relative, so that the page works from any folder of any host.
import type { ModelReference } from "../engine/protocol";

export const embeddedModel: ModelReference = {
  id: "pilot",
  label: "Pilot",
  address: new URL("models/pilot/", typeof document === "undefined" ? "http://localhost/" : document.baseURI).href,
};
