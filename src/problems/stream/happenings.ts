// What happens in a room: things lie at spots for a few frames or all the time, people stop at spots and walk on, a parcel is carried
// from one spot to another, the lamp flashes and the door opens. Every stay begins where the camera sees piece and spot, so
// that a viewer can know everything that is asked for.

import type { RandomStream } from "../../lib/random";
import { cellInView, maxOffset, type Room } from "./room";
import { countWords, PARCEL, personNames, thingNames, type CountedPiece } from "./streamWords";

export interface Stay {
  readonly who: string; // a thing, a person or the parcel
  readonly place: string;
  readonly start: number;
  readonly end: number; // the first frame without it
}

export interface Walk {
  readonly person: string;
  readonly hasParcel: boolean;
  readonly steps: readonly { readonly frame: number; readonly cell: number }[];
}

export interface Happenings {
  /** For a few frames; no place has two. */
  readonly things: readonly Stay[];
  /** From the first frame to the last, one at most. */
  readonly lasting: readonly Stay[];
  /** Each person stops once; a place has at most two, one after the other. */
  readonly people: readonly Stay[];
  /** Two, at different places, or none. */
  readonly parcel: readonly Stay[];
  readonly carrier: string | null;
  readonly walks: readonly Walk[];
  /** Single frames, never two in a row. */
  readonly flashes: Readonly<Record<CountedPiece, readonly number[]>>;
}

/** The scene in which happenings find their time and place. */
interface Scene {
  readonly room: Room;
  readonly offsets: readonly number[]; // [frame]
  readonly stream: RandomStream;
  readonly stays: Stay[]; // of every kind
}

const ATTEMPTS = 60;

/** Piece and spot of a place are in the frame. */
function isPlaceInView(room: Room, place: string, offset: number): boolean {
  const cell = room.pieces.get(place);
  return cell !== undefined && cellInView(cell, offset) !== null && cellInView(cell + 1, offset) !== null;
}

export function drawHappenings(room: Room, offsets: readonly number[], stream: RandomStream): Happenings {
  const scene: Scene = { room, offsets, stream, stays: [] };
  const frameCount = offsets.length;
  const things = stream.shuffle(thingNames);
  const people = stream.shuffle(personNames);
  const lasting = drawLasting(scene, things[0]);
  const { parcel, carrier, carried } = drawParcel(scene, people);
  const shortLived = things.slice(1, 1 + upTo(frameCount / 4 + 1, 2, 6));
  const isThere = (place: string): boolean => scene.stays.some((stay) => stay.place === place);
  const lay = keep(shortLived, (who) => tryStay(scene, { who, places: placesOf(room).filter((one) => !isThere(one)) }));
  // The last of the names carries, and does nothing else.
  const stood = drawPeople(scene, people.slice(0, upTo(frameCount / 5 + 1, 2, 6)), lay);
  return {
    ...{ things: lay, lasting, people: stood, parcel, carrier },
    // The parcel last: it is drawn over whoever walks there too.
    walks: [...stood.map((stay) => stroll(scene, stay)), ...carried],
    flashes: { lamp: drawFlashes(scene), door: drawFlashes(scene) },
  };
}

function upTo(count: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(count)));
}

function keep<Item, Found>(items: readonly Item[], find: (item: Item) => Found | null): Found[] {
  return items.map(find).filter((found) => found !== null);
}

function placesOf(room: Room): string[] {
  return [...room.pieces.keys()];
}

/** 35 % one frame, 35 % two, 15 % three, 15 % four. */
function drawLength({ stream, offsets }: Scene): number {
  return Math.min(offsets.length, stream.pick([1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 3, 3, 3, 4, 4, 4]));
}

interface StayWish {
  readonly who: string;
  readonly places: readonly string[];
  readonly from?: number;
  readonly to?: number;
}

/** A stay that nothing else at its place overlaps, seen from its first frame; null if none is found. */
function tryStay(scene: Scene, { who, places, from = 0, to = scene.offsets.length }: StayWish): Stay | null {
  if (places.length === 0) return null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const length = drawLength(scene);
    if (to - length < from) continue;
    const place = scene.stream.pick(places);
    const start = scene.stream.integer(from, to - length);
    const stay = { who, place, start, end: start + length };
    const isFree = scene.stays.every((other) => other.place !== place || other.end <= start || other.start >= stay.end);
    if (!isFree || !isPlaceInView(scene.room, place, scene.offsets[start])) continue;
    scene.stays.push(stay);
    return stay;
  }
  return null;
}

/** One where the camera looks first and does not look after its first pan; none where it never pans. */
function drawLasting({ room, offsets, stream, stays }: Scene, who: string): Stay[] {
  const target = offsets.find((offset) => Math.abs(offset - offsets[0]) === maxOffset);
  if (target === undefined) return [];
  const leaving = placesOf(room).filter(
    (place) => isPlaceInView(room, place, offsets[0]) && !isPlaceInView(room, place, target),
  );
  if (leaving.length === 0) return [];
  const lasting = [{ who, place: stream.pick(leaving), start: 0, end: offsets.length }];
  stays.push(...lasting);
  return lasting;
}

interface CarriedParcel {
  readonly parcel: readonly Stay[];
  readonly carrier: string | null;
  readonly carried: readonly Walk[];
}

/** It lies, somebody carries it through the frame, it lies elsewhere. */
function drawParcel(scene: Scene, people: readonly string[]): CarriedParcel {
  const { room, offsets, stays } = scene;
  const none = { parcel: [], carrier: null, carried: [] };
  if (offsets.length < 6) return none;
  const carrier = people[people.length - 1];
  // The first half, less a frame in which it is carried.
  const half = Math.floor(offsets.length / 2);
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const taken = new Set(stays.map(({ place }) => place));
    const places = placesOf(room).filter((place) => !taken.has(place));
    const apart = { ...scene, stays: [] };
    const first = tryStay(apart, { who: PARCEL, places, to: half - 1 });
    const others = places.filter((place) => place !== first?.place);
    const last = tryStay(apart, { who: PARCEL, places: others, from: half });
    if (first === null || last === null) continue;
    stays.push(first, last);
    return { parcel: [first, last], carrier, carried: [carry(scene, carrier, [first.end, last.start])] };
  }
  return none;
}

/** Between two stays of the parcel: one to three steps in view. */
function carry({ room, offsets, stream }: Scene, person: string, [from, to]: readonly [number, number]): Walk {
  const stepCount = Math.min(to - from, stream.integer(1, 3));
  const first = stream.integer(from, to - stepCount);
  const steps = Array.from({ length: stepCount }, (_, step) => {
    const frame = first + step;
    return { frame, cell: stream.pick(room.walkable.filter((cell) => cellInView(cell, offsets[frame]) !== null)) };
  });
  return { person, hasParcel: true, steps };
}

/** A quarter of them stop where another has been or will be, a third where a thing lies for a while, the others anywhere. */
function drawPeople(scene: Scene, names: readonly string[], things: readonly Stay[]): Stay[] {
  const stood: Stay[] = [];
  const countAt = (place: string): number => stood.filter((stay) => stay.place === place).length;
  // Wherever something lies all the time nobody finds room.
  const places = placesOf(scene.room);
  for (const [at, who] of names.entries()) {
    const alone = places.filter((place) => countAt(place) === 1);
    const withThing = things.map(({ place }) => place).filter((place) => countAt(place) === 0);
    const nobodys = places.filter((place) => countAt(place) === 0);
    const wished = at % 4 === 1 ? alone : at % 3 === 0 ? withThing : nobodys;
    const stay = tryStay(scene, { who, places: wished.length > 0 ? wished : nobodys });
    if (stay !== null) stood.push(stay);
  }
  return stood;
}

/** Up to two steps on the way to a stay, and after it. */
function stroll({ room, offsets, stream }: Scene, { who, start, end }: Stay): Walk {
  const [before, after] = [stream.integer(0, 2), stream.integer(0, 2)];
  const frames = Array.from({ length: before + after }, (_, step) =>
    step < before ? start - before + step : end + step - before,
  ).filter((frame) => frame >= 0 && frame < offsets.length);
  return { person: who, hasParcel: false, steps: frames.map((frame) => ({ frame, cell: stream.pick(room.walkable) })) };
}

/** None to four single frames, at least one apart; as many as the stream has room for. */
function drawFlashes({ offsets, stream }: Scene): number[] {
  const most = Math.min(countWords.length - 1, Math.floor(offsets.length / 3));
  const wanted = stream.integer(0, most);
  const frames: number[] = [];
  for (const frame of stream.shuffle(offsets.map((_, at) => at))) {
    if (frames.length === wanted) break;
    if (frames.every((other) => Math.abs(other - frame) > 1)) frames.push(frame);
  }
  return frames.sort((left, right) => left - right);
}
