/** The still picture as PNG, through resvg, which is loaded here. */
import { InvalidRequestError } from "@polycall/core";
import type { PngOptions } from "./plot.ts";
import type { Scene } from "./scene.ts";
import { svgOf } from "./svg.ts";

/** What is used of @resvg/resvg-js. */
interface Resvg {
  Resvg: new (
    svg: string,
    options: { fitTo: { mode: "width"; value: number }; font: { loadSystemFonts: boolean } },
  ) => { render(): { asPng(): Uint8Array } };
}

const name = "@resvg/resvg-js";

export async function pngOf(scene: Scene, options: PngOptions = {}): Promise<Uint8Array> {
  const { scale = 2, width = 1000 } = options;
  if (!(scale > 0 && scale <= 10)) {
    throw new InvalidRequestError(`scale must be above 0 and at most 10, not ${scale}.`, {
      param: "scale",
    });
  }
  const svg = svgOf(scene, options);
  let loaded: Resvg;
  try {
    // A name that no bundler sees: it would look for what is not installed.
    loaded = await import(/* webpackIgnore: true */ /* @vite-ignore */ name);
  } catch (cause) {
    const message = `toPNG() draws with ${name}, which cannot be loaded: npm install ${name} (${(cause as Error).message})`;
    throw new InvalidRequestError(message, { cause });
  }
  const fitTo = { mode: "width" as const, value: Math.round(width * scale) };
  return new loaded.Resvg(svg, { fitTo, font: { loadSystemFonts: true } }).render().asPng();
}
