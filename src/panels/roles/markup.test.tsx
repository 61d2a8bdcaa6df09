// Golden markup of head roles for a tiny model. A change shows up as a difference to look at.
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { drawTrace } from "../../trace/drawTrace.testing";
import { drawnRoles } from "./drawRoles.testing";
import { rolesPanel } from "./panel";
import { RolesFigure, RolesPanel } from "./RolesPanel";

const nothing = (): void => undefined;
const drawn = drawTrace({ prompt: "The cat", windowSlots: 2 }, "sat");
const { model } = drawn.header;
const shape = { ...model, layerCount: 2, headCount: 4, kvHeadCount: 2 };
const props = {
  heading: rolesPanel.headingFor(drawn),
  trace: { ...drawn, header: { ...drawn.header, model: shape } },
  focus: { layer: 1, kvHead: 0 },
  theme: "light",
  view: rolesPanel.view.first,
  onFocus: nothing,
  onView: nothing,
} as const;

it("draws grid, scatter and example as in the golden", async () => {
  const markup = renderToStaticMarkup(<RolesFigure {...props} roles={drawnRoles} />);
  await expect(`${markup.replaceAll("><", ">\n<")}\n`).toMatchFileSnapshot("../golden/roles.golden.html");
});

it("says that it loads until the roles are there", () => {
  expect(renderToStaticMarkup(<RolesPanel {...props} />)).toContain("Loading…");
});
