/** What may be asked, and what counts as an answer: as many vectors as texts, of one length, of numbers. */
import { APIResponseValidationError, InvalidRequestError } from "@polycall/core";

/** @throws InvalidRequestError naming the first text that is none */
export function checkTexts(texts: unknown): asserts texts is readonly string[] {
  if (!Array.isArray(texts)) {
    const came = typeof texts === "string" ? "one text: put it into a list" : typeof texts;
    throw new InvalidRequestError(`texts must be a list of texts, not ${came}.`, {
      param: "texts",
    });
  }
  const wrong = texts.findIndex((text) => typeof text !== "string" || text === "");
  if (wrong < 0) return;
  const param = `texts[${wrong}]`;
  throw new InvalidRequestError(`${param} must be a text that is not empty.`, { param });
}

/** @throws InvalidRequestError for a number that is none, or below 1 */
export function checkNumber(value: number | undefined, param: string): void {
  if (value === undefined || (Number.isInteger(value) && value >= 1)) return;
  throw new InvalidRequestError(`${param} must be a whole number from 1, not ${value}.`, { param });
}

/**
 * Whether an encoder has answered: with a vector for each text, all of one length, of finite numbers.
 * @param model names the encoder
 * @param count of the texts
 * @param dimensions how long they must be, where it is known
 * @throws APIResponseValidationError saying which is wrong
 */
export function checkVectors(
  model: string,
  vectors: readonly Float32Array[],
  count: number,
  dimensions: number | undefined,
): void {
  const fail = (what: string) => new APIResponseValidationError(`${model}: ${what}.`, { model });
  if (!Array.isArray(vectors)) throw fail("no list of vectors came");
  if (vectors.length !== count) throw fail(`${vectors.length} vectors came for ${count} texts`);
  const length = dimensions ?? vectors[0]?.length;
  vectors.forEach((vector, i) => {
    if (!vector?.length) throw fail(`vector ${i} is empty`);
    if (vector.length !== length) {
      throw fail(`vector ${i} has ${vector.length} dimensions, not ${length}`);
    }
    if (!vector.every(Number.isFinite)) throw fail(`vector ${i} holds something not a number`);
  });
}
