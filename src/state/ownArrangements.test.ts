import { expect, it } from "vitest";
import { initialArrangement, namedArrangement } from "./arrangement";
import {
  MOST_OWN_ARRANGEMENTS,
  readOwnArrangements,
  renamedArrangement,
  withOwnArrangement,
  withoutOwnArrangement,
} from "./ownArrangements";

const lecture = withOwnArrangement([], " Lecture ", { ...namedArrangement("decision"), maximised: "score" });

it("keeps an arrangement under a name, with no panel at full size", () => {
  expect(lecture).toEqual([{ title: "Lecture", arrangement: namedArrangement("decision") }]);
  expect(readOwnArrangements(JSON.parse(JSON.stringify(lecture)))).toEqual(lecture);
});

it("replaces what has the same name, and keeps the newest only", () => {
  expect(withOwnArrangement(lecture, "Lecture", initialArrangement)).toHaveLength(1);
  const many = Array.from({ length: MOST_OWN_ARRANGEMENTS + 2 }, (_, place) => String(place));
  const own = many.reduce((before, title) => withOwnArrangement(before, title, initialArrangement), lecture);
  expect(own.map(({ title }) => title)).toEqual(many.slice(2));
});

it("renames and deletes", () => {
  const two = withOwnArrangement(lecture, "Desk", initialArrangement);
  expect(renamedArrangement(two, "Desk", "Home").map(({ title }) => title)).toEqual(["Lecture", "Home"]);
  expect(renamedArrangement(two, "Desk", "Lecture")).toBe(two);
  expect(withoutOwnArrangement(two, "Lecture").map(({ title }) => title)).toEqual(["Desk"]);
});

it("leaves out what does not fit", () => {
  expect(readOwnArrangements(null)).toEqual([]);
  expect(readOwnArrangements([...lecture, { title: "", arrangement: initialArrangement }, 7])).toEqual(lecture);
});
