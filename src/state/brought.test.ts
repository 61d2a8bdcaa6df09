// A model that a link names and that is not here: what giving it does to the link's run and its proof.
import { expect, it } from "vitest";
import { encodeLink } from "../settings/link";
import { proveFed } from "../trace/proof/fedProof";
import { encodeFedProof } from "../trace/proof/fedProofText";
import { broughtReference, type Brought } from "./brought";
import { drivenTrace, drivePage, type DrivenPage } from "./drivePage.testing";

const idOf = (digit: string): string => `file:${digit.repeat(64)}:1000:F32:2x2x1x8:1000`;
const modelOf = (id: string): Brought => ({
  id,
  label: "Brought",
  reference: { ...broughtReference(id, "Brought"), files: [{ path: "x.gguf", blob: new Blob() }] },
  speech: { template: null, bosToken: "", eosToken: "", addsBos: false, specials: [], generation: {} },
});
const proof = proveFed(drivenTrace);
const proofs = [proof === null ? "" : encodeFedProof(proof)];

async function openedLink(model = idOf("a")): Promise<DrivenPage> {
  const driven = drivePage();
  driven.store.getState().setSpeed(Infinity);
  await driven.store.getState().openLink(encodeLink({ choices: { model, maxNewTokens: 8 }, proofs }), true);
  return driven;
}

it("starts the run that waited for it, under the proof of its link", async () => {
  const { store, asked } = await openedLink();
  expect(store.getState().missingModel).toBe(idOf("a"));
  expect(asked).toEqual([]);
  store.getState().bring(modelOf(idOf("a")));
  expect(store.getState()).toMatchObject({ missingModel: null, promisedProofs: proofs, runStatus: "loading" });
  expect(asked).toEqual(["load Brought auto"]);
});

it("leaves the link's proof alone where nobody waits for it any more", async () => {
  const { store, asked } = await openedLink();
  store.getState().askForModel(null);
  store.getState().bring(modelOf(idOf("a")));
  expect(store.getState().promisedProofs).toEqual(proofs);
  expect(asked).toEqual([]);
});

it("is chosen where the settings name another one", async () => {
  const { store, asked } = await openedLink();
  store.getState().bring(modelOf(idOf("b")));
  expect(store.getState()).toMatchObject({ missingModel: null, promisedProofs: [] });
  expect(store.getState().choices.model).toBe(idOf("b"));
  expect(asked).toEqual([]);
});

it("is given to the lane that lacks it, and stays out of the others", () => {
  const driven = drivePage();
  const { store } = driven;
  store.getState().compare({ others: [{ model: idOf("a") }], isForced: false });
  store.getState().run("run");
  expect(store.getState().missingModel).toBe(idOf("a"));
  store.getState().bring(modelOf(idOf("a")));
  expect(store.getState().choices.model).toBeUndefined();
  expect(driven.asked).toEqual(["load First auto"]);
});
