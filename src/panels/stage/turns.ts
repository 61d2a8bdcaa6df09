// Panels take turns if the machine cannot draw all of them in one frame: while the clock moves in every frame, each panel
// is drawn in every second, third or fourth one. When the clock rests, they catch up, one turn a frame. If no frame is
// late, no panel waits. Only moves of the clock ever wait: a click is answered at once.
//
//   late frames            ─►  one turn more; if that ends a trial, the next trial waits twice as long
//   a series of good ones  ─►  one turn fewer, on trial
//   a rest                 ─►  one turn fewer for the next move
import type { PanelName } from "../../state/arrangement";

export interface Turns {
  /** Whether the panel draws what it is handed at this time of the clock; otherwise it keeps what it shows until its turn. */
  readonly isDue: (name: PanelName, clock: string) => boolean;
  /** Only panels in sight take turns. Returns how to take this one out. */
  readonly join: (name: PanelName) => () => void;
  /** The panels have been handed something, and those that were due have drawn it. */
  readonly handed: (clock: string) => void;
  readonly stop: () => void;
}

export interface TurnsSurroundings {
  /** Calls `act` before the next frame with the frame's time in ms; returns how to cancel that. */
  readonly beforeNextFrame: (act: (time: number) => void) => () => void;
  /** Hands the panels again what they were handed last. */
  readonly handAgain: () => void;
}

/** The most turns: at 60 frames a second every panel is drawn 15 times a second. */
export const MOST_TURNS = 4;
/** If frames of a move take longer than this, on average over so many of them, the panels take one turn more. */
export const LATE_MS = 18;
export const JUDGED_FRAMES = 4;
/** A frame that took longer does not count: the page was in the background. */
const PAUSE_MS = 400;
/** Good frames after which fewer turns are tried, and the most that this number can grow to. */
export const TRIAL_FRAMES = 32;
const LONGEST_TRIAL_FRAMES = 512;
/** Frames without a move of the clock after which the move is over. */
export const REST_FRAMES = 30;

export function createTurns({ beforeNextFrame, handAgain }: TurnsSurroundings): Turns {
  const inSight: PanelName[] = [];
  const behind = new Set<PanelName>();
  let turnCount = 1;
  let turn = 0;
  /** Times of the frames of the present move. */
  let times: number[] = [];
  let lastClock: string | null = null;
  let isMoved = false;
  let isCatchingUp = false;
  let restFrames = 0;
  let goodFrames = 0;
  let trialFrames = TRIAL_FRAMES;
  let isOnTrial = false;
  let callOff: (() => void) | null = null;

  const isDue = (name: PanelName, clock: string): boolean => {
    if (clock === lastClock && !isCatchingUp) return true;
    const place = inSight.indexOf(name);
    return place < 0 || place % turnCount === turn % turnCount;
  };
  const judge = (time: number): void => {
    if (time - (times.at(-1) ?? time) > PAUSE_MS) times = [];
    times.push(time);
    if (times.length <= JUDGED_FRAMES) return;
    if ((time - times[0]) / JUDGED_FRAMES > LATE_MS) {
      if (isOnTrial) trialFrames = Math.min(LONGEST_TRIAL_FRAMES, 2 * trialFrames);
      change(turnCount + 1);
    } else {
      isOnTrial = false;
      goodFrames += JUDGED_FRAMES;
      if (goodFrames >= trialFrames && turnCount > 1) {
        change(turnCount - 1);
        isOnTrial = true;
      }
    }
    times = [time];
  };
  const change = (count: number): void => {
    // Even a single panel may leave every other frame to the timeline.
    const most = Math.min(MOST_TURNS, Math.max(2, inSight.length));
    turnCount = Math.max(1, Math.min(most, count));
    goodFrames = 0;
    isOnTrial = false;
  };
  const frame = (time: number): void => {
    callOff = null;
    if (isMoved) {
      isMoved = false;
      restFrames = 0;
      judge(time);
    } else {
      times = [];
      restFrames++;
      if (behind.size > 0) {
        isCatchingUp = true;
        handAgain();
      }
    }
    if (restFrames < REST_FRAMES || behind.size > 0) callOff = beforeNextFrame(frame);
    else {
      change(turnCount - 1);
      trialFrames = TRIAL_FRAMES;
    }
  };
  return {
    isDue,
    join(name) {
      inSight.push(name);
      return () => {
        inSight.splice(inSight.indexOf(name), 1);
        behind.delete(name);
      };
    },
    handed(clock) {
      const isMove = clock !== lastClock;
      for (const name of inSight) {
        if (isDue(name, clock)) behind.delete(name);
        else if (isMove) behind.add(name);
      }
      if (isMove || isCatchingUp) turn++;
      lastClock = clock;
      isCatchingUp = false;
      isMoved ||= isMove;
      if (isMove) callOff ??= beforeNextFrame(frame);
    },
    stop() {
      callOff?.();
      callOff = null;
    },
  };
}
