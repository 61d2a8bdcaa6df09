// What the page asks of fetch.html, in its fragment, and what that answers. The fragment never holds a token.

import { isCommit, isSha256 } from "./listing";

export interface FetchWish {
  /** The id or the address of a hub (hubs.ts). */
  readonly hub: string;
  readonly repository: string;
  /** A commit, a branch or a tag. */
  readonly revision: string;
  /** One file; null to choose among the repository's models. */
  readonly path: string | null;
  /** What the file must have; null where only the hub knows. */
  readonly sha256: string | null;
  readonly label: string | null;
  readonly licence: string | null;
  readonly isDark: boolean;
}

export function wishText(wish: FetchWish): string {
  const { isDark, ...texts } = wish;
  const said = Object.entries(texts).flatMap(([key, text]) => (text === null ? [] : [[key, text]]));
  return new URLSearchParams([...said, ...(isDark ? [["theme", "dark"]] : [])]).toString();
}

/** Null for a fragment that names no repository. */
export function parseWish(fragment: string): FetchWish | null {
  const said = new URLSearchParams(fragment.replace(/^#/, ""));
  const [hub, repository] = [said.get("hub"), said.get("repository")];
  if (hub === null || repository === null) return null;
  const sha256 = said.get("sha256");
  return {
    hub,
    repository,
    revision: said.get("revision") ?? "main",
    path: said.get("path"),
    sha256: isSha256(sha256) ? sha256 : null,
    label: said.get("label"),
    licence: said.get("licence"),
    isDark: said.get("theme") === "dark",
  };
}

/** A commit that names one content for ever. */
export function isPinned({ revision, sha256 }: FetchWish): boolean {
  return isCommit(revision) && sha256 !== null;
}

/** Posted to the page around the frame. */
export type FetchAnswer =
  | { readonly type: "opened" }
  /** Of what the document shows, in CSS pixels. */
  | { readonly type: "height"; readonly height: number }
  | { readonly type: "busy"; readonly isBusy: boolean }
  | { readonly type: "kept"; readonly key: string };
