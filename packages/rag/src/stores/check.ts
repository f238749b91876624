/** What every store judges alike before it acts: names, chunks, vectors, and what a search asks for. */
import { InvalidRequestError } from "@polycall/core";
import type { Metadata } from "../chunk.ts";
import { checkAborted, StoreError } from "./errors.ts";
import type { EmbeddedChunk, IndexDescription, SearchOptions, StoredChunk } from "./store.ts";

const refuse = (message: string, param: string) => new InvalidRequestError(message, { param });

/** @throws InvalidRequestError */
export function checkDescription({ model, dimensions }: IndexDescription): void {
  checkText(model, "model");
  if (!Number.isInteger(dimensions) || dimensions < 1)
    throw refuse(`dimensions is ${dimensions}; it is the length of the vectors.`, "dimensions");
}

/** @throws StoreError where the store was not opened */
export function opened<T>(index: T | undefined): T {
  if (index === undefined) throw new StoreError("Call open() first: the store is not open.");
  return index;
}

function checkText(text: string, param: string): void {
  if (typeof text !== "string" || text === "") throw refuse(`${param} is empty.`, param);
  if (!text.isWellFormed() || text.includes("\0"))
    throw refuse(
      `${param} ${JSON.stringify(text)} holds half a character or U+0000, which databases cannot keep.`,
      param,
    );
}

/**
 * The vector at length 1.
 * @returns undefined where it has no direction: it is all zeros
 * @throws InvalidRequestError where it has another length, or a number in it is none
 */
export function unitVector(
  vector: Float32Array,
  dimensions: number,
  param: string,
): Float32Array | undefined {
  if (vector?.length !== dimensions)
    throw refuse(`${param} has ${vector?.length} numbers; the store has ${dimensions}.`, param);
  let square = 0;
  for (const value of vector) square += value * value;
  if (!Number.isFinite(square)) throw refuse(`${param} holds a number that is none.`, param);
  if (square === 0) return undefined;
  const length = Math.sqrt(square);
  const unit = new Float32Array(dimensions);
  for (let i = 0; i < dimensions; i++) unit[i] = vector[i]! / length;
  return unit;
}

/** A chunk and its vector at length 1. */
export interface CheckedChunk {
  chunk: StoredChunk;
  vector: Float32Array;
}

/** @throws InvalidRequestError for what cannot be kept, before any of it is */
export function checkReplace(
  source: string,
  hash: string,
  chunks: readonly EmbeddedChunk[],
  dimensions: number,
): CheckedChunk[] {
  checkText(source, "source");
  checkText(hash, "hash");
  const ids = new Set<string>();
  return chunks.map(({ chunk, vector }, i) => {
    const param = `chunks[${i}]`;
    checkText(chunk.id, `${param}.id`);
    if (ids.has(chunk.id)) throw refuse(`${param}.id "${chunk.id}" is there twice.`, param);
    ids.add(chunk.id);
    if (chunk.source !== source)
      throw refuse(`${param} is of "${chunk.source}", not of "${source}".`, param);
    if (!Number.isInteger(chunk.index) || chunk.index < 0)
      throw refuse(`${param}.index is ${chunk.index}; it is its place, from 0.`, param);
    checkMetadata(chunk.metadata, `${param}.metadata`);
    const unit = unitVector(vector, dimensions, `${param}.vector`);
    if (!unit)
      throw refuse(`${param}.vector is all zeros: nothing can be near to it.`, `${param}.vector`);
    return { chunk, vector: unit };
  });
}

function checkMetadata(metadata: Metadata, param: string): void {
  for (const [key, value] of Object.entries(metadata)) {
    const flat =
      typeof value === "string" ||
      typeof value === "boolean" ||
      Number.isFinite(value) ||
      (Array.isArray(value) && value.every((item) => typeof item === "string"));
    if (!flat) throw refuse(`${param}.${key} is no text, number, boolean or list of texts.`, param);
  }
}

/**
 * @returns how many hits are wanted
 * @throws InvalidRequestError
 */
export function checkSearch({ k, signal }: SearchOptions): number {
  if (!Number.isInteger(k) || k < 0)
    throw refuse(`k is ${k}; it is how many hits are wanted.`, "k");
  checkAborted(signal);
  return k;
}

/** The places that are asked for, as two whole numbers from 0 on. */
export function checkPlaces(from = 0, to = Number.MAX_SAFE_INTEGER): { from: number; to: number } {
  const whole = (place: number) =>
    Math.min(Math.max(0, Math.trunc(place)), Number.MAX_SAFE_INTEGER);
  if (Number.isNaN(from) || Number.isNaN(to)) throw refuse("A place is a number.", "from");
  return { from: whole(from), to: whole(to) };
}
