// Renders one chat template. A template is a program that came with the model: it runs here alone, and who started this
// worker ends it after a time limit (renderTemplate.ts).

import { Template } from "@huggingface/jinja";
import { errorMessage } from "../lib/errors";
import { MOST_RENDERED_CHARACTERS, type TemplateRequest } from "./speech";

export type TemplateAnswer = { readonly text: string } | { readonly failure: string };

self.onmessage = ({ data }: MessageEvent<TemplateRequest>) => {
  self.postMessage(rendered(data));
};

function rendered({ template, values }: TemplateRequest): TemplateAnswer {
  try {
    const text = new Template(template).render(values);
    if (text.length > MOST_RENDERED_CHARACTERS) return { failure: `it made ${text.length} characters of prompt` };
    return { text };
  } catch (error) {
    return { failure: errorMessage(error) };
  }
}
