// The mark of a lane, the same wherever the page names it: a colour and a shape of its own.

/** Centred on 0,0, about 10 px wide. [lane] */
const paths = [
  "M-4.6,0a4.6,4.6 0 1 0 9.2,0a4.6,4.6 0 1 0 -9.2,0z",
  "M-4.2,-4.2h8.4v8.4h-8.4z",
  "M0,-5.4L5.2,4.2H-5.2z",
  "M0,-5.8L5.4,0L0,5.8L-5.4,0z",
];

/** The class that gives an element `--lane`, the lane's colour. */
export function laneClass(lane: number): string {
  return `lane-${(lane % paths.length) + 1}`;
}

/** Hidden from screen readers, since the lane's number stands next to it. */
export function LaneMark({ lane }: { readonly lane: number }) {
  return (
    <svg className={`lane-mark ${laneClass(lane)}`} width={14} height={14} viewBox="-7 -7 14 14" aria-hidden="true">
      <path d={paths[lane % paths.length]} />
    </svg>
  );
}
