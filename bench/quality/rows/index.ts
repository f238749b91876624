/** Every row, in the order of the page. */
import type { Row } from "../row.ts";
import { bm25 } from "./bm25.ts";
import { chunkers, chunkersDense } from "./chunkers.ts";
import { encoders } from "./encoders.ts";
import { hybrid } from "./hybrid.ts";
import { mmr } from "./mmr.ts";
import { surroundings } from "./surroundings.ts";

export const rows: readonly Row[] = [
  chunkers,
  chunkersDense,
  surroundings,
  bm25,
  encoders,
  hybrid,
  mmr,
];
