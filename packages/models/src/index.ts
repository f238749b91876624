/** What @polycall/models exports. */
import { loadModels } from "./catalogue.ts";
import { compareModels, findModels } from "./find.ts";
import { lintModels } from "./lint.ts";
import { getModel } from "./lookup.ts";

export { tokensOfText } from "./caching/estimate.ts";
export { promptCaches } from "./caching/index.ts";
export { registerModel } from "./catalogue.ts";
export type { CostOptions, TokenCost } from "./cost.ts";
export { costOf } from "./cost.ts";
export type { KnownModel } from "./data/known.ts";
export type {
  Modality,
  ModelEntry,
  ModelKind,
  ModelPatch,
  ModelSize,
  Price,
  PriceHours,
  PriceTier,
  RateLimit,
  Rates,
  Source,
  UseRates,
} from "./entry.ts";
export type { FindQuery, Found, ModelRow, Need } from "./find.ts";
export type { FitOptions, Fitted } from "./fit-messages.ts";
export { fitMessages } from "./fit-messages.ts";
export { deprecationOf, substitutionOf } from "./lifecycle.ts";
export type { LintFinding, LintOptions } from "./lint.ts";
export { pricing, pricingOf } from "./pricing.ts";
export type { CatalogueFile } from "./refresh/catalogue-file.ts";
export { catalogueFrom } from "./refresh/catalogue-file.ts";
export type { CatalogueLine } from "./refresh/convert.ts";
export type { LoadedCatalogue } from "./refresh/load.ts";
export type { Estimate } from "./tokens/estimate.ts";
export { estimateTokens } from "./tokens/estimate.ts";
export { Seen } from "./tokens/seen.ts";

/** The catalogue: what models there are, what they can do, what they cost, until when they run. */
export const models = {
  /** What is known of "provider/model"; undefined where nothing is. Never throws. */
  get: getModel,
  /** The models that fit a need, best first, with the reasons. */
  find: findModels,
  /** Models side by side, a row each. */
  compare: compareModels,
  /** Model strings in source text that will not work much longer, or that nobody knows. */
  lint: lintModels,
  /** Puts a catalogue that `polycall models update` wrote in force. */
  load: loadModels,
};
