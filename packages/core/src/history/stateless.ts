/** A pattern that remembers nothing from one test to the next. Its own object where it is one: made anew it is slow. */
export const stateless = (pattern: RegExp): RegExp =>
  pattern.global || pattern.sticky
    ? new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""))
    : pattern;
