/** What is tried in the long run only: each of it starts a process or a thread. */

export const long = Boolean(process.env.POLYCALL_LONG);

/** A few rows of a table of tests, and all of them in the long run. */
export function rows<T>(few: readonly T[], more: readonly T[]): T[] {
  return long ? [...few, ...more] : [...few];
}
