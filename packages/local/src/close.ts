/** What is cut ends as what is whole does. */
import type { Tokenizer, Tokens } from "./transformers.ts";

/** transformers.js cuts the closing token off with the rest (4.3.1); the model was trained with it. */
export function closeRow(
  tokenizer: Tokenizer,
  { input_ids, attention_mask }: Tokens,
  row: number,
): void {
  const [, length = 0] = input_ids.dims;
  const whole = tokenizer.encode("a").at(-1);
  if (whole === tokenizer.encode("a", { add_special_tokens: false }).at(-1)) return;
  const start = row * length;
  let last = start + length - 1;
  while (last > start && !Number(attention_mask.data[last])) last--;
  input_ids.data[last] = BigInt(whole!);
}
