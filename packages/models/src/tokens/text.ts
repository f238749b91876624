/** Text as the numbers that its tokens depend on: tokenizers split at the same places, by script. Pure. */

export interface TextCounts {
  /** Runs of Latin letters. */
  words: number;
  /** Latin letters beyond the fifth of their run. */
  tails: number;
  /** Runs of up to three digits. */
  digits: number;
  /** Punctuation; of a run of one and the same sign, each fourth. */
  signs: number;
  /** Line breaks, and runs of white space longer than one. */
  breaks: number;
  /** Chinese, Japanese and Korean characters. */
  cjk: number;
  /** Letters of other scripts. */
  others: number;
}

export const noText = (): TextCounts => ({
  words: 0,
  tails: 0,
  digits: 0,
  signs: 0,
  breaks: 0,
  cjk: 0,
  others: 0,
});

/** Letters that a run may have before it is likely to be more than one token. */
const usual = 5;

/** Adds what `text` holds to `counts`: one pass, nothing allocated. */
export function countText(text: string, counts: TextCounts): void {
  let run = 0;
  let before = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const kind = kindOf(code);
    const same = i > 0 && kind === kindOf(before);
    run = same ? run + 1 : 1;
    if (kind === letter) {
      // A capital within a word begins a token, as in camelCase.
      const begins = run === 1 || (code < 91 && before > 96);
      if (begins) {
        run = 1;
        counts.words++;
      } else if (run > usual) counts.tails++;
    } else if (kind === digit) {
      if (run % 3 === 1) counts.digits++;
    } else if (kind === sign) {
      if (code !== before) run = 1;
      if (run % 4 === 1) counts.signs++;
    } else if (kind === space) {
      if (code === 10 || run === 2) counts.breaks++;
    } else if (kind === cjk) counts.cjk++;
    else counts.others++;
    before = code;
  }
}

const letter = 0;
const digit = 1;
const sign = 2;
const space = 3;
const cjk = 4;
const other = 5;

function kindOf(code: number): number {
  if (code < 128) {
    if ((code > 96 && code < 123) || (code > 64 && code < 91)) return letter;
    if (code > 47 && code < 58) return digit;
    return code === 32 || (code > 8 && code < 14) ? space : sign;
  }
  if (code < 0x250) return code < 0xc0 ? sign : letter;
  if ((code >= 0x2e80 && code < 0xa000) || (code >= 0xac00 && code < 0xd7b0)) return cjk;
  if (code >= 0xf900 && code < 0xfb00) return cjk;
  if (code >= 0xff00 && code < 0xffef) return cjk;
  if (code >= 0x2000 && code < 0x2e80) return sign;
  return other;
}
