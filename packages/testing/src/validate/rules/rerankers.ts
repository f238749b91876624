/** What rerankers refuse of a request. Sources: their API docs, 2026-11; where no reply was at hand the wording is ours. */
import { asArray } from "../../json.ts";
import type { Refusal } from "../../refusal.ts";
import type { Checked } from "../checked.ts";

interface Words {
  documents?: string;
  most: number;
  tooMany: (count: number) => Refusal;
  /** Parameters that this service does not know and does not let pass. */
  unknown?: readonly string[];
}

const refused = (message: string, status = 400): Refusal => ({ status, message });

const usual: Words = {
  most: 10_000,
  tooMany: (count) => refused(`invalid request: at most 10000 documents, received ${count}`),
};

const services: { readonly [name: string]: Words } = {
  voyage: {
    most: 1000,
    tooMany: (count) => refused(`The number of documents is limited to 1000, not ${count}.`),
    unknown: ["top_n", "max_tokens_per_doc"],
  },
  tei: {
    documents: "texts",
    most: 32,
    tooMany: (count) => refused(`batch size ${count} > maximum allowed batch size 32`, 413),
  },
};

/** The first rule that a reranking request breaks. */
export function rerankRules({ body, route }: Checked): Refusal | undefined {
  const {
    documents: name = "documents",
    most,
    tooMany,
    unknown,
  } = services[route.provider.name] ?? usual;
  const documents = asArray(body[name]);
  if (typeof body.query !== "string" || !body.query) {
    return refused("invalid request: query must be a text");
  }
  if (!documents.length || documents.some((text) => typeof text !== "string" || !text)) {
    return refused(`invalid request: ${name} must be a list of texts`);
  }
  if (documents.length > most) return tooMany(documents.length);
  const lost = unknown?.find((param) => body[param] !== undefined);
  if (lost) return refused(`Argument '${lost}' is not supported by our API`);
  const [limit, value] = Object.entries(body).find(([key]) => /^top_[nk]$/.test(key)) ?? [];
  if (limit && !(Number.isInteger(value) && (value as number) >= 1)) {
    return refused(`invalid request: ${limit} must be a whole number from 1`);
  }
  return undefined;
}
