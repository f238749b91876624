/** Recordings with a Messages exchange that these tests do not read, and why. None at present. */
export const leftOut: Readonly<Record<string, string>> = {};
