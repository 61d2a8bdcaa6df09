// Questions about a stream as a visitor writes and reads them, and the forms, with one gap, from which one is composed.
import { capital } from "../../lib/capital";
import { pieceNames, personNames, spoken, thingNames } from "./streamWords";

export interface QuestionForm {
  readonly id: string;
  /** "what lay by the …": the gap is where the dots are; none in a form without a gap. */
  readonly text: string;
  /** What the gap may hold, as it is said; empty: there is no gap. */
  readonly fillings: readonly string[];
}

const things = thingNames.map(spoken);

export const questionForms: readonly QuestionForm[] = [
  { id: "whatAt", text: "what lay by the …", fillings: pieceNames },
  { id: "whoAt", text: "who stood by the …", fillings: pieceNames },
  { id: "whereThing", text: "where lay the …", fillings: things },
  { id: "wherePerson", text: "where stood …", fillings: personNames },
  { id: "whoWhereThing", text: "who stood where the … lay", fillings: things },
  { id: "whatWherePerson", text: "what lay where … stood", fillings: personNames },
  { id: "parcelFirst", text: "where lay the parcel first", fillings: [] },
  { id: "parcelLast", text: "where lay the parcel last", fillings: [] },
  { id: "carrier", text: "who carried the parcel", fillings: [] },
  { id: "lampTimes", text: "how many times was the lamp lit", fillings: [] },
  { id: "doorTimes", text: "how many times did the door open", fillings: [] },
  { id: "firstAt", text: "who stood first by the …", fillings: pieceNames },
  { id: "lastAt", text: "who stood last by the …", fillings: pieceNames },
];

/** As the model is asked it: ? what lay by the desk : */
export function composedQuestion(form: QuestionForm, filling: string): string {
  return markedQuestion(form.text.replace("…", filling));
}

/** Words with the marks or without, as the model is asked them: ? what lay by the desk : */
export function markedQuestion(words: string): string {
  return `? ${questionWords(words)} :`;
}

/** Without the marks: what lay by the desk */
export function questionWords(question: string): string {
  return question.replace(/^\? /, "").replace(/ :$/, "");
}

/** As a person reads it: What lay by the desk? */
export function readQuestion(question: string): string {
  return `${capital(questionWords(question))}?`;
}
