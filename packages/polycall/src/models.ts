/** What `polycall/models` exports: the catalogue, apart, so that `polycall` stays light to import. */
export type {
  CostOptions,
  FindQuery,
  Found,
  LintFinding,
  LintOptions,
  Modality,
  ModelEntry,
  ModelKind,
  ModelPatch,
  ModelRow,
  Need,
  Price,
  PriceTier,
  Rates,
  Source,
  TokenCost,
} from "@polycall/models";
export {
  costOf,
  deprecationOf,
  models,
  pricing,
  registerModel,
  substitutionOf,
} from "@polycall/models";
