// One small drawing for every word that a patch can show, in a box of 16 × 16 without a ground of its own. Furniture is grey and
// wood, things and people have colours, each person an initial, and each of the 40 television pictures a colour and a pattern.
import type { ReactNode } from "react";
import { unreachable } from "../../lib/errors";
import { groundNames, PARCEL, personNames, PICTURE_COUNT, thingNames } from "../../problems/stream/streamWords";

/** The size of every drawing's box. */
export const PATCH_BOX = 16;

/** A patch by what it shows, without brackets; null for a name that no patch has. */
export function patchShape(name: string): ReactNode {
  if (name in furniture) return furniture[name];
  if (groundNames.includes(name)) return grounds[name];
  if (thingNames.includes(name)) return thing(name);
  if (name === PARCEL) return parcel(2, 4, 12, 10);
  if (personNames.includes(name)) return person(name, false);
  if (name.endsWith(`-${PARCEL}`)) return person(name.slice(0, -PARCEL.length - 1), true);
  const picture = /^tv(\d+)$/.exec(name);
  return picture === null ? null : television(Number(picture[1]));
}

/** What kind of thing a patch shows, for its ground. */
export function isGround(name: string): boolean {
  return groundNames.includes(name);
}

const grounds: Readonly<Record<string, ReactNode>> = {
  wall: <path className="patch-seam" d="M0,4h16M0,8h16M0,12h16M4,0v4M12,0v4M0,4M8,4v4M4,8v4M12,8v4M8,12v4" />,
  floor: <path className="patch-seam" d="M0,5.3h16M0,10.6h16M10,0v5.3M4,5.3v5.3M12,10.6V16" />,
  tiles: <path className="patch-seam" d="M5.3,0v16M10.6,0v16M0,5.3h16M0,10.6h16" />,
  grass: <path className="patch-blades" d="M2,7l1,-4l1,4M9,6l1,-4l1,4M4.5,14l1,-4l1,4M12,13.5l1,-4l1,4" />,
  rug: <path className="patch-weave" d="M2.5,4.5h11v7h-11zM5,7h6v2H5zM1,4.5v7M15,4.5v7" />,
};

const furniture: Readonly<Record<string, ReactNode>> = {
  lamp: (
    <>
      <path className="patch-line" d="M8,8v5.5M4.8,14h6.4" />
      <path className="patch-pale" d="M5.5,2h5l2.5,6H3z" />
    </>
  ),
  "lamp-on": (
    <>
      <rect className="patch-glow" width={16} height={16} />
      <path className="patch-line" d="M8,8v5.5M4.8,14h6.4" />
      <path className="patch-lit" d="M5.5,2h5l2.5,6H3z" />
      <path className="patch-ray" d="M1,3.2l1.6,.9M15,3.2l-1.6,.9M1.4,10.8l1.4,-1M14.6,10.8l-1.4,-1" />
    </>
  ),
  door: (
    <>
      <path className="patch-wood" d="M4,1.5h8v13H4z" />
      <circle className="patch-body" cx={10.2} cy={8.3} r={1} />
    </>
  ),
  "door-open": (
    <>
      <path className="patch-lit" d="M4,1.5h9v13H4z" />
      <path className="patch-wood" d="M1,3.2L5.5,1.5v13L1,16z" />
      <path className="patch-line" d="M4,1.5h9v13H5" />
    </>
  ),
  bed: (
    <>
      <path className="patch-pale" d="M2.5,8h11.5v3.5H2.5z" />
      <path className="patch-line" d="M2,4v10M2,12h12.5M14.3,9v5" />
      <rect className="patch-plain" x={3.4} y={6.2} width={3.6} height={2.4} rx={1} />
    </>
  ),
  table: <path className="patch-wood" d="M1,4.5h14v2.4h-1.6v7.6h-2v-7.6H4.6v7.6h-2v-7.6H1z" />,
  desk: (
    <>
      <path className="patch-wood" d="M1,5h14v9.5H8.8v-7.2H3.4v7.2H1.4V7.3H1z" />
      <path className="patch-notch" d="M10.3,9.2h3.2M10.3,11.9h3.2" />
      <path className="patch-pale" d="M2.5,2.6h4.2V5H2.5z" />
    </>
  ),
  plant: (
    <>
      <path
        className="patch-leaf"
        d="M8,10.5C3,10 2,6 2.5,3.5C6,4 8,6.5 8,10.5C8,6 9.5,3 13.5,2.3C14,6.5 12,10 8,10.5z"
      />
      <path className="patch-wood" d="M4.6,10.3h6.8l-1,4.7H5.6z" />
    </>
  ),
  stove: (
    <>
      <path className="patch-body" d="M2.5,1.5h11v13h-11z" />
      <path className="patch-notch" d="M4,5.4h8M5.5,3.4h.9M9.6,3.4h.9" />
      <rect className="patch-pale" x={4.4} y={7.4} width={7.2} height={4.8} />
    </>
  ),
  shelf: (
    <>
      <path className="patch-pale" d="M4,3h2v3.6H4zM7,4h2v2.6H7zM10,8h2v4h-2zM4.5,9.2h3.8V12H4.5z" />
      <path className="patch-line" d="M2.5,1.5v13M13.5,1.5v13M2.5,7h11M2.5,12.6h11" />
    </>
  ),
  clock: (
    <>
      <circle className="patch-plain" cx={8} cy={8} r={6} />
      <circle className="patch-line" cx={8} cy={8} r={6} />
      <path className="patch-line" d="M8,4.6V8l2.4,1.8" />
    </>
  ),
  sofa: (
    <path
      className="patch-body"
      d="M3.5,4h9a1.5,1.5 0 0 1 1.5,1.5V7h1.2v6.2H14v1.3h-2v-1.3H4v1.3H2v-1.3H.8V7H2V5.5A1.5,1.5 0 0 1 3.5,4zM4,7v3h8V7z"
    />
  ),
  piano: (
    <>
      <path className="patch-body" d="M2,2h12v12.5h-2V12H4v2.5H2z" />
      <path className="patch-plain" d="M3.2,7.5h9.6v3.4H3.2z" />
      <path className="patch-notch-dark" d="M5.6,7.5v2.2M8,7.5v2.2M10.4,7.5v2.2" />
    </>
  ),
  window: (
    <>
      <path className="patch-sky" d="M2.5,2h11v12h-11z" />
      <path className="patch-line" d="M2.5,2h11v12h-11zM8,2v12M2.5,8h11" />
    </>
  ),
  chest: (
    <>
      <path className="patch-wood" d="M1.5,8a4.5,4.5 0 0 1 4.5,-4.5h4a4.5,4.5 0 0 1 4.5,4.5v5.5h-13z" />
      <path className="patch-notch" d="M1.5,8.2h13" />
      <rect className="patch-lit" x={6.8} y={7} width={2.4} height={3} />
    </>
  ),
  mirror: (
    <>
      <ellipse className="patch-sky" cx={8} cy={6.6} rx={4.4} ry={5.4} />
      <ellipse className="patch-line" cx={8} cy={6.6} rx={4.4} ry={5.4} />
      <path className="patch-line" d="M8,12v2.5M5,14.7h6" />
      <path className="patch-glint" d="M6,7l3,-3.5M7,9.2l3.2,-3.7" />
    </>
  ),
};

const HANDLE = "M11,6.2h1.2a2,2 0 0 1 0,4.4H11";
const KEY = "M5,8.3a3,3 0 1 1 .1,0zM7.3,7.3L13.5,13.5M10.3,10.3l2,-2M12.5,12.5l1.9,-1.9";

/** red-key: its colour is a class, so that a style sheet names the colours. */
function thing(name: string): ReactNode {
  const [colour, kind] = name.split("-");
  const tone = `patch-thing patch-${colour}`;
  switch (kind) {
    case "key":
      return (
        <>
          <path className="patch-key-edge" d={KEY} />
          <path className={`patch-key patch-${colour}`} d={KEY} />
        </>
      );
    case "ball":
      return (
        <>
          <circle className={tone} cx={8} cy={8.2} r={5.7} />
          <path className="patch-shine" d="M4.7,7.6A3.6,3.6 0 0 1 7.6,4.8" />
        </>
      );
    case "book":
      return (
        <>
          <path className={tone} d="M3,2.2h10v11.6H4.5A1.5,1.5 0 0 1 3,12.3z" />
          <path className="patch-pages" d="M4.2,11.3H13v1.8H4.5a.9,.9 0 0 1 -.3,-1.8z" />
          <path className="patch-shine" d="M6,5h4.5M6,7.3h3" />
        </>
      );
    case "cup":
      return (
        <>
          <path className="patch-handle-edge" d={HANDLE} />
          <path className={`patch-handle patch-${colour}`} d={HANDLE} />
          <path className={tone} d="M2.5,4.2h8.7v6.3a3,3 0 0 1 -3,3H5.5a3,3 0 0 1 -3,-3z" />
          <path className="patch-shine" d="M4.8,6.5v3.8" />
        </>
      );
    default:
      return null;
  }
}

function parcel(x: number, y: number, width: number, height: number): ReactNode {
  const [middle, third] = [x + width / 2, y + height * 0.36];
  return (
    <>
      <rect className="patch-box" {...{ x, y, width, height }} rx={0.8} />
      <path className="patch-string" d={`M${middle},${y}v${height}M${x},${third}h${width}`} />
    </>
  );
}

/** Strokes in a box of 5 × 6. */
const initials: Readonly<Record<string, string>> = {
  A: "M0,6L2.5,0L5,6M.9,4h3.2",
  B: "M0,0v6h3.2a1.6,1.6 0 0 0 0,-3.2H0M0,0h2.8a1.4,1.4 0 0 1 0,2.8",
  C: "M4.7,.9A2.9,3 0 1 0 4.7,5.1",
  D: "M0,0v6h1.8a3,3 0 0 0 0,-6z",
  E: "M4.3,0H0v6h4.3M0,3h3.5",
  F: "M4.3,0H0v6M0,3h3.5",
  G: "M4.7,.9A2.9,3 0 1 0 4.9,5V3.4H3",
  H: "M0,0v6M4.6,0v6M0,3h4.6",
};

function person(name: string, hasParcel: boolean): ReactNode {
  const at = personNames.indexOf(name);
  if (at < 0) return null;
  const place = hasParcel ? "translate(-1.5,0)" : undefined;
  const letter = hasParcel ? "translate(2.3,9.3) scale(.9)" : "translate(5.3,9) scale(1.08)";
  return (
    <>
      <g transform={place}>
        <path className={`patch-person-${at + 1}`} d="M2,16v-3.4a5,5 0 0 1 5,-5h2a5,5 0 0 1 5,5V16z" />
        <circle className="patch-face" cx={8} cy={4.4} r={3.1} />
        <path className={`patch-person-${at + 1}`} d={hats[at]} />
      </g>
      {hasParcel && parcel(7.8, 8.6, 8, 6.9)}
      <path className="patch-initial" transform={letter} d={initials[name[0]]} />
    </>
  );
}

/** Hair and hats, so that heads differ too. [person] */
const hats: readonly string[] = [
  "M4.5,6.5V4a3.5,3.5 0 0 1 7,0v2.5l-1.2,-2.7h-4.6z",
  "M4.6,3.3h6.8v-1a2,2 0 0 0 -2,-1.8h-2.8a2,2 0 0 0 -2,1.8z",
  "M4.7,3.7a3.3,3.3 0 0 1 6.6,0zM8,1.2a1.2,1.2 0 1 1 .1,0z",
  "M4.7,3.8a3.3,3.3 0 0 1 6.6,0l-2,-.8l-1.3,1l-1.3,-1z",
  "M4.3,7.5V3.9a3.7,3.7 0 0 1 7.4,0v3.6l-1.2,0v-3.6h-5v3.6z",
  "M3,3.4h10l-1.3,-1.2A3.7,3.7 0 0 0 4.3,2.2z",
  "M5,2.9h6L8,-.2z",
  "M4.7,4.2a3.3,3.3 0 0 1 6.6,0c-3,.2 -4,-.6 -4.2,-1.4c-.4,1 -1.2,1.4 -2.4,1.4z",
];

const screenPatterns = ["bar", "post", "slope", "disc", "cross", "chess", "peak", "dots"] as const;
const SCREEN_TONES = PICTURE_COUNT / screenPatterns.length;

/** Pictures are counted from 1: five colours, each with eight patterns. */
function television(picture: number): ReactNode {
  if (picture < 1 || picture > PICTURE_COUNT) return null;
  const tone = ((picture - 1) % SCREEN_TONES) + 1;
  return (
    <>
      <path className="patch-set" d="M1,2.5h14v10H1zM5,13.6h6v1.2H5z" />
      <path className={`patch-screen-${tone}`} d="M2.2,3.7h11.6v7.6H2.2z" />
      <path className="patch-signal" d={signal(screenPatterns[Math.floor((picture - 1) / SCREEN_TONES)])} />
    </>
  );
}

function signal(pattern: (typeof screenPatterns)[number]): string {
  switch (pattern) {
    case "bar":
      return "M2.2,6.2h11.6v2.6H2.2z";
    case "post":
      return "M6.5,3.7h3v7.6h-3z";
    case "slope":
      return "M2.2,11.3L10,3.7h3.8L6,11.3z";
    case "disc":
      return "M8,10a2.5,2.5 0 1 1 .1,0z";
    case "cross":
      return "M7,3.7h2v2.8h4.8v2H9v2.8H7V8.5H2.2v-2H7z";
    case "chess":
      return "M2.2,3.7H8v3.8H2.2zM8,7.5h5.8v3.8H8z";
    case "peak":
      return "M2.2,11.3L8,4.5l5.8,6.8z";
    case "dots":
      return "M4,4.8h2v2H4zM10,4.8h2v2h-2zM7,8h2v2H7z";
    default:
      return unreachable(pattern);
  }
}
