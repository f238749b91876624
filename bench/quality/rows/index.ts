/** Every row, in the order of the page. */
import type { Row } from "../row.ts";
import { answers } from "./answers.ts";
import { bm25 } from "./bm25.ts";
import { chunkers, chunkersDense } from "./chunkers.ts";
import { encoderApi } from "./encoder-api.ts";
import { encoders } from "./encoders.ts";
import { hyde, multiQuery, stepBack } from "./expansion.ts";
import { graphRag, linkGraph, raptor } from "./graphs.ts";
import { hybrid } from "./hybrid.ts";
import { mmr } from "./mmr.ts";
import { contextual, modelChunks } from "./preprocessing.ts";
import { rerankApi, rerankLocal, rerankModel } from "./reranking.ts";
import { rewriting } from "./rewriting.ts";
import { surroundings } from "./surroundings.ts";

export const rows: readonly Row[] = [
  chunkers,
  chunkersDense,
  surroundings,
  modelChunks,
  contextual,
  bm25,
  encoders,
  encoderApi,
  hybrid,
  mmr,
  rewriting,
  multiQuery,
  hyde,
  stepBack,
  rerankModel,
  rerankApi,
  rerankLocal,
  linkGraph,
  raptor,
  graphRag,
  answers,
];
