// "Add this moment": what is on screen goes to the end of the deck in use, from any view.
import { areRunsOf } from "../../panels/header/runSummary";
import { deckMoment, type DeckMoment, type Shows } from "../../state/deck";
import { momentOf } from "../../state/openedLink";
import type { PageActions, PageState } from "../../state/pageStore";
import { askedRun, recipeOrNull, stateOfRuns } from "../../state/recipe";
import type { ChosenState } from "../../state/choices";
import { laneOnStage } from "../../state/shownRuns";
import { revisionText } from "../../settings/linkRevision";
import { presentWords } from "../../words/en/present";

export function addMoment(state: PageState & PageActions): void {
  const lane = laneOnStage(state);
  if (lane === null) {
    state.tell("info", presentWords.nothingToAdd);
    return;
  }
  const { header } = lane.trace;
  const shows = showsOf(state);
  const title = presentWords.momentTitle({ place: placeWords(state.shownStep, shows), policy: header.policyLabel });
  const number = state.addMoment(
    deckMoment({
      title,
      shows,
      ...experimentOnScreen(state),
      revision: revisionText(state.lanes.map(({ trace }) => trace.header.model)),
      moment: momentOf(state),
    }),
  );
  // Present shows the list itself.
  if (number !== null && state.way !== "present") state.tell("info", presentWords.added({ number, title }));
}

/** Its title, or what stands for one. */
export function momentName({ title }: DeckMoment): string {
  return title === "" ? presentWords.untitledMoment : title;
}

/** Watch counts words from 1, panels count steps from 0. */
export function placeWords(step: number, shows: Shows): string {
  return shows === "watch" ? presentWords.word(step + 1) : presentWords.step(step);
}

/** What Present shows of the page as it is: the panel at full size in Explore, else Watch's picture. */
export function showsOf({ way, wayBefore, arrangement }: PageState): Shows {
  const view = way === "present" ? wayBefore : way;
  return view === "explore" ? (arrangement.maximised ?? "watch") : "watch";
}

/** The settings of the runs on screen, which those of the next run may differ from; where they run is left open. */
function experimentOnScreen(state: PageState): ChosenState {
  const { choices, comparison, lanes, problem } = state;
  const asked = askedRun({ choices, comparison });
  const recipes = asked.lanes.map((settings) => recipeOrNull(settings, asked.problem));
  if (!areRunsOf(recipes, asked.lanes, lanes)) {
    return stateOfRuns(
      lanes.map(({ trace }) => trace.header),
      problem?.id ?? null,
    );
  }
  const { backend: _, ...others } = choices;
  return { choices: others, comparison };
}
