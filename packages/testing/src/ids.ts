/** Ids in the shapes the providers use: unique in one simulator, the same in every run. */
import { random } from "./hash.ts";

const BASE62 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const HEX = "0123456789abcdef";

/** Makes ids: `ids("call_", 24)`, `ids("resp_", 48, "hex")`. */
export type Ids = (prefix: string, length: number, alphabet?: "base62" | "hex") => string;

/** A fresh sequence of ids. */
export function createIds(): Ids {
  const next = random(1);
  return (prefix, length, alphabet = "base62") => {
    const letters = alphabet === "hex" ? HEX : BASE62;
    let id = prefix;
    for (let i = 0; i < length; i++) id += letters[Math.floor(next() * letters.length)];
    return id;
  };
}
