/** What many hosts have in common: what only OpenAI serves, and the quirks that all others need. */
import { developerIsSystem, maxTokensName } from "../quirks/names.ts";
import { refusalIsText } from "../quirks/parts.ts";
import type { Quirk } from "../quirks/quirk.ts";
import { allowedToolsFilter, functionToolsOnly } from "../quirks/tools.ts";

/** What only OpenAI serves. */
export const openaiOnly = [
  "audio",
  "metadata",
  "modalities",
  "moderation",
  "prediction",
  "prompt_cache_options",
  "prompt_cache_retention",
  "safety_identifier",
  "service_tier",
  "store",
  "verbosity",
  "web_search_options",
] as const;

/** What only OpenAI serves, but for what this host takes too. */
export const allBut = (...taken: (typeof openaiOnly)[number][]) =>
  openaiOnly.filter((param) => !taken.includes(param));

/** What every host but OpenAI needs. */
export const common: readonly Quirk[] = [
  functionToolsOnly,
  allowedToolsFilter,
  developerIsSystem,
  refusalIsText,
];
export const withMaxTokens: readonly Quirk[] = /* @__PURE__ */ common.concat(
  /* @__PURE__ */ maxTokensName("max_tokens"),
);
