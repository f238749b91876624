/** The colours of points, in light and dark, and the shapes that part what shares a colour. */

export type Theme = "light" | "dark";

/**
 * Found by search: no two come nearer than 10 in Oklab (x 100) to an eye of protanopia, deuteranopia or
 * tritanopia (Machado et al. 2009); Okabe and Ito's come as near as 7.6.
 */
export const palettes: Record<Theme, readonly string[]> = {
  light: [
    ...["#1b6bab", "#f4799c", "#ad6f11", "#530d9f"],
    ...["#42b7db", "#9c201d", "#9fb717", "#8479fc"],
  ],
  dark: [
    ...["#6eeaf9", "#e7a72b", "#c6a2fe", "#57b997"],
    ...["#d35c0a", "#7c6bf7", "#caed62", "#a76091"],
  ],
};

/** What has no value, or is one of too many. */
export const noColour: Record<Theme, string> = { light: "#a3a09a", dark: "#62626c" };

export const paper: Record<
  Theme,
  { back: string; card: string; ink: string; quiet: string; line: string }
> = {
  light: { back: "#faf9f6", card: "#ffffff", ink: "#1d1c1a", quiet: "#6a665f", line: "#e6e2da" },
  dark: { back: "#121214", card: "#1a1a1e", ink: "#ececf1", quiet: "#9c9ca8", line: "#2b2b32" },
};

/** Viridis (van der Walt and Smith, CC0), less the end that fades into the paper. */
const ramps: Record<Theme, readonly string[]> = {
  light: ["#440154", "#472c7a", "#3b518b", "#2c718e", "#21908d", "#27ad81", "#5cc863", "#a2cf35"],
  dark: ["#4b4a9a", "#3f6aa5", "#2c8a9c", "#21a585", "#4ec36b", "#8fd744", "#c8e020", "#fde725"],
};

/** Steps of a ramp: enough that no step is seen. */
export const rampSteps = 64;

/** The colour of a step of the ramp, from 0. */
export function rampColour(step: number, theme: Theme): string {
  const ramp = ramps[theme];
  const place = (step / (rampSteps - 1)) * (ramp.length - 1);
  const from = Math.min(ramp.length - 2, Math.floor(place));
  const part = place - from;
  const mixed = [1, 3, 5].map((at) => {
    const [a, b] = [ramp[from]!, ramp[from + 1]!].map((hex) =>
      Number.parseInt(hex.slice(at, at + 2), 16),
    );
    return Math.round(a! + (b! - a!) * part)
      .toString(16)
      .padStart(2, "0");
  });
  return `#${mixed.join("")}`;
}

export const shapes = ["circle", "diamond", "triangle", "square"] as const;
export type Shape = (typeof shapes)[number];

/** More kinds than it are not told apart. */
export const mostKinds = shapes.length * palettes.light.length;

/** The look of the n-th kind; -1 is none. */
export function lookOf(kind: number, theme: Theme): { colour: string; shape: Shape } {
  const colours = palettes[theme];
  if (kind < 0) return { colour: noColour[theme], shape: "circle" };
  const shape = shapes[Math.floor(kind / colours.length) % shapes.length]!;
  return { colour: colours[kind % colours.length]!, shape };
}

/** The corners of a shape of the same area as a circle of radius 1; none for the circle. */
export const corners: Record<Shape, readonly (readonly [number, number])[]> = {
  circle: [],
  diamond: [
    [0, -1.25],
    [1.25, 0],
    [0, 1.25],
    [-1.25, 0],
  ],
  triangle: [
    [0, -1.5],
    [1.35, 0.85],
    [-1.35, 0.85],
  ],
  square: [
    [-0.886, -0.886],
    [0.886, -0.886],
    [0.886, 0.886],
    [-0.886, 0.886],
  ],
};
