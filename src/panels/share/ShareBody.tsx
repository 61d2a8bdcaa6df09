// The content of the share dialog: a link, a frame for other pages, files. It speaks of the page as it was when the
// dialog was opened, whatever plays on behind it.
import { useMemo, useState } from "react";
import type { PageStore } from "../../state/pageStore";
import "../../styles/shareBody.css";
import { shownPanels } from "../../ui/figure/shownPanels";
import { EmbedSection } from "./EmbedSection";
import { FilesSection } from "./FilesSection";
import { LinkSection } from "./LinkSection";
import { shareableRuns } from "./shareable";
import { ShareParts } from "./ShareParts";

export function ShareBody({ store }: { readonly store: PageStore }) {
  const [state] = useState(() => store.getState());
  const shareable = useMemo(() => shareableRuns(state), [state]);
  const [panels] = useState(shownPanels);
  const [openId, setOpenId] = useState("link");
  const page = pageAddress();
  return (
    <ShareParts
      parts={[
        {
          id: "link",
          title: "Link",
          content: () => (
            <LinkSection state={state} shareable={shareable} page={page} onFiles={() => setOpenId("files")} />
          ),
        },
        { id: "embed", title: "Embed", content: () => <EmbedSection state={state} page={page} /> },
        { id: "files", title: "Files", content: () => <FilesSection state={state} panels={panels} /> },
      ]}
      openId={openId}
      onOpen={setOpenId}
    />
  );
}

/** Without query and fragment. */
function pageAddress(): string {
  return window.location.origin + window.location.pathname;
}
