// Any repository of a hub, by its name.
import { useId, useState, type SubmitEvent } from "react";
import { allowsLocalHubs, findHub, hubs } from "../../hub/hubs";
import { parseRepository } from "../../hub/listing";
import { errorMessage } from "../../lib/errors";
import type { HubWish } from "./modelWords";

const LOCAL = "local";

interface HubSearchProps {
  /** One download at a time. */
  readonly isBusy: boolean;
  readonly onLookUp: (wish: HubWish) => void;
}

export function HubSearch({ isBusy, onLookUp }: HubSearchProps) {
  const id = useId();
  const [hub, setHub] = useState(hubs.at(0)?.id ?? LOCAL);
  const [address, setAddress] = useState("http://127.0.0.1:8080");
  const [name, setName] = useState("");
  const [complaint, setComplaint] = useState<string | null>(null);
  const lookUp = (event: SubmitEvent): void => {
    event.preventDefault();
    try {
      const named = hub === LOCAL ? address.trim() : hub;
      if (findHub(named) === null) throw new Error("The local hub: expected an address such as http://127.0.0.1:8080.");
      const repository = parseRepository(name);
      setComplaint(null);
      onLookUp({ hub: named, repository, revision: "main", path: null, sha256: null, label: null, licence: null });
    } catch (error) {
      setComplaint(errorMessage(error));
    }
  };
  return (
    <form className="models-search" onSubmit={lookUp}>
      <label htmlFor={`${id}-name`}>Any repository, by name</label>
      <div className="models-tools">
        <input
          id={`${id}-name`}
          type="text"
          placeholder="Qwen/Qwen3-0.6B-GGUF"
          value={name}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => setName(event.target.value)}
        />
        <select aria-label="Hub" value={hub} onChange={(event) => setHub(event.target.value)}>
          {hubs.map((each) => (
            <option key={each.id} value={each.id}>
              at {each.label}
            </option>
          ))}
          {allowsLocalHubs && <option value={LOCAL}>on this machine</option>}
        </select>
        {hub === LOCAL && (
          <input
            type="url"
            aria-label="Address of the local hub"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        )}
        <button type="submit" disabled={isBusy}>
          Look it up
        </button>
      </div>
      <p className="muted">The hub sees your address and the name you look up.</p>
      {complaint !== null && (
        <p className="notice notice-error" role="alert">
          {complaint}
        </p>
      )}
    </form>
  );
}
