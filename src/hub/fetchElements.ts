// The few elements that fetch.html shows; it does without React.

export type Act = readonly [label: string, act: () => void, kind?: "primary"];

export function el<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

export function buttons(acts: readonly Act[]): HTMLElement {
  const made = acts.map(([label, act, kind]) => {
    const button = el("button", { type: "button", ...(kind === "primary" && { class: "button-primary" }) }, label);
    button.addEventListener("click", act);
    return button;
  });
  return el("div", { class: "buttons" }, ...made);
}

export function problem(message: string): HTMLElement {
  return el("p", { class: "problem", role: "alert" }, message);
}

export function facts(rows: readonly (readonly [string, string])[]): HTMLElement {
  return el("dl", {}, ...rows.flatMap(([name, value]) => [el("dt", {}, name), el("dd", {}, value)]));
}
