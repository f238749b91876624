/** What @polycall/embeddings/plot exports: vectors as pictures. */

export type {
  FieldValue,
  Plot,
  PlotItem,
  PlotOptions,
  PlotPanel,
  PngOptions,
  StillOptions,
  Theme,
} from "./pictures/plot.ts";
export { plot } from "./pictures/plot.ts";
export type { ProjectPhase, ProjectProgress } from "./projection/pace.ts";
export type {
  PcaOptions,
  ProjectOptions,
  TsneOptions,
  UmapOptions,
} from "./projection/project.ts";
export { project } from "./projection/project.ts";
export type { ProjectionQuality, QualityOptions } from "./projection/quality.ts";
export { projectionQuality } from "./projection/quality.ts";
export type { Metric } from "./projection/rows.ts";
