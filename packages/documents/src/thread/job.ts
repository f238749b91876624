/** What a thread is told of the conversion that it works on. */
import type { ConversionLimits, MarkdownStyle } from "../converter.ts";
import type { Claim } from "../identify.ts";

export interface Job {
  limits: ConversionLimits;
  style: MarkdownStyle;
  /** Of the budget. */
  spent: SharedArrayBuffer;
  /** What the user's own converters read: the thread hands it back. */
  claims: Claim[];
  describes: boolean;
}
