// The page's own address without query and fragment, to which links and frames add theirs.

export function pageAddress(): string {
  return window.location.href.replace(/[?#].*$/, "");
}
