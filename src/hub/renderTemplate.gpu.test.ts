// In a real browser, for its workers.
import { expect, it } from "vitest";
import { renderTemplate } from "./renderTemplate";

it("renders a template", async () => {
  expect(await renderTemplate({ template: "{{ word }}!", values: { word: "yes" } })).toBe("yes!");
});

it("ends a template that goes on for too long", async () => {
  const endless = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}";
  await expect(renderTemplate({ template: endless, values: {} })).rejects.toThrow("it took longer than 2 seconds");
});

it("rejects with the reason where a template cannot be read or makes too much", async () => {
  await expect(renderTemplate({ template: "{% if %}", values: {} })).rejects.toThrow();
  const long = "{% for a in range(30000) %}0123456789{% endfor %}";
  await expect(renderTemplate({ template: long, values: {} })).rejects.toThrow("it made 300000 characters of prompt");
});
