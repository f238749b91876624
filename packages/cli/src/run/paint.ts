/** Colours, where the terminal has them. */

const codes = {
  dim: [2, 22],
  bold: [1, 22],
  call: [36, 39],
  bad: [31, 39],
  good: [32, 39],
  ask: [33, 39],
} as const;

export type Paint = (tone: keyof typeof codes, text: string) => string;

export const paints =
  (color: boolean): Paint =>
  (tone, text) => {
    if (!color || text === "") return text;
    const [on, off] = codes[tone];
    return `\u001b[${on}m${text}\u001b[${off}m`;
  };
