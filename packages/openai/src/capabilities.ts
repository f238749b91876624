/** What is known of a host and its models, as layers. */
import type { Capabilities, CapabilityLayer } from "@polycall/core";
import type { HostRow } from "./chat/host-row.ts";
import { layersOf, shape } from "./models.ts";
import { openaiModels } from "./quirks/openai-models.ts";

/** The day on which the rows were gathered. */
const date = "2026-11-23";

/** The row as a layer: what the host does not take. */
function layerOf({ name, lacks = [], extras = [], docs }: HostRow): CapabilityLayer {
  const missing = extras.includes("top_k") ? lacks : [...lacks, "top_k"];
  return {
    layer: "provider",
    of: name,
    facts: { params: Object.fromEntries(missing.map((param) => [param, false])) },
    source: docs ?? `the row "${name}"`,
    date,
  };
}

export function capabilitiesOf(row: HostRow): Capabilities {
  const layer = layerOf(row);
  const isOpenAI = !!row.quirks?.includes(openaiModels);
  return {
    layers(model) {
      if (!isOpenAI) return [layer];
      const [first, ...rest] = layersOf(model.replace(/^(?:chat|responses)\//, ""));
      return [{ ...first!, ...layer }, ...rest];
    },
    shape: isOpenAI ? shape : {},
  };
}
