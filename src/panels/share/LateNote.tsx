// What a dialog says until the code of its content is there.

export function LateNote({ failure }: { readonly failure: string | null }) {
  return failure === null ? <p role="status">One moment…</p> : <p role="alert">{failure}</p>;
}
