/** The table of compatible hosts. Made in one call, which a bundler leaves out for OpenAI alone. */
import type { Provider } from "@polycall/core";
import { cloudRows } from "./hosts/clouds.ts";
import { embedder, embedderRows } from "./hosts/embedders.ts";
import { makerRows } from "./hosts/makers.ts";
import { serverRows } from "./hosts/servers.ts";
import { host } from "./provider.ts";

function everyHost() {
  const rows = { ...makerRows(), ...cloudRows(), ...serverRows() };
  const embedders = embedderRows();
  const made = [
    ...Object.entries(rows).map(([name, row]) => [name, host(row)]),
    ...Object.entries(embedders).map(([name, row]) => [name, embedder(row)]),
  ];
  return Object.fromEntries(made) as {
    readonly [name in keyof typeof rows | keyof typeof embedders]: Provider;
  };
}

/** The hosts by the name they have in a model string. */
export const hosts = /* @__PURE__ */ everyHost();
